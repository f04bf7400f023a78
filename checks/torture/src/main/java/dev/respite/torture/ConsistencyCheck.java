package dev.respite.torture;

import dev.respite.torture.run.Bank.LedgerSnapshot;
import dev.respite.torture.run.Findings;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** The check that compares what clients saw with the ledger. */
final class ConsistencyCheck {

    private static final Set<String> FAULTS = Set.of(
            "duplicated", "lost", "acknowledgedButMissing", "replaysDiffering", "unexpectedEffects", "unresolved");

    private ConsistencyCheck() {}

    /** Returns the numbers of the transfers that a client saw succeed so far. */
    static Set<Integer> acknowledged(Collection<TransferOutcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> outcome.status() == TransferOutcome.Status.SUCCEEDED)
                .map(outcome -> outcome.transfer().number())
                .collect(Collectors.toSet());
    }

    /**
     * Compares the outcomes with the ledger. The figures:
     *
     * <ul>
     *   <li>keys: the transfers that were sent, each with its own key
     *   <li>effects: the rows of the ledger
     *   <li>duplicated: the keys with more than one row
     *   <li>lost: the keys without a row, except those that may be missing because their outcome is unknown
     *   <li>acknowledgedButMissing: the keys that a client saw succeed and that had no row, either at the end or before
     *       transfers were sent again
     *   <li>replaysDiffering: the responses that differ from the first success of their key in at least one byte
     *   <li>unknown: the keys with an unknown outcome; in the transactional mode only those that the bank's code committed by
     *       itself
     *   <li>unknownByKill: the unknown keys whose worker was killed during the effect, in the external mode
     *   <li>unexpectedEffects: the rows of the ledger that belong to no transfer
     *   <li>unresolved: the keys without a definite response, or with a rejection
     * </ul>
     *
     * @param outcomes what clients saw
     * @param before the ledger before the run
     * @param after the ledger after the run
     * @param missingEarlier the transfers that had no row at an earlier check although a client saw them succeed
     * @param begunEffects the transfers whose effects began outside the store of their records and did not fail; all workers
     *     are killed by now
     */
    static Findings of(
            Collection<TransferOutcome> outcomes,
            LedgerSnapshot before,
            LedgerSnapshot after,
            Set<Integer> missingEarlier,
            Set<Integer> begunEffects) {
        Findings findings = new Findings(
                FAULTS,
                "keys",
                "effects",
                "duplicated",
                "lost",
                "acknowledgedButMissing",
                "replaysDiffering",
                "unknown",
                "unknownByKill",
                "unexpectedEffects",
                "unresolved");
        int expected = 0;
        for (TransferOutcome outcome : outcomes) {
            int number = outcome.transfer().number();
            int rows = after.rows().getOrDefault(number, 0);
            TransferOutcome.Status status = outcome.status();
            boolean unknown = status == TransferOutcome.Status.UNKNOWN;
            // A transfer that commits by itself was committed; only whether its work is complete is unknown.
            boolean mayBeMissing = unknown && !outcome.transfer().commitsByItself();
            boolean gone = rows == 0 && status == TransferOutcome.Status.SUCCEEDED;
            expected += rows;
            findings.addIf(rows > 1, "duplicated");
            findings.addIf(rows == 0 && !mayBeMissing, "lost");
            findings.addIf(gone || missingEarlier.contains(number), "acknowledgedButMissing");
            findings.add("replaysDiffering", outcome.differingResponses());
            findings.addIf(unknown, "unknown");
            findings.addIf(unknown && begunEffects.contains(number), "unknownByKill");
            findings.addIf(
                    status == TransferOutcome.Status.PENDING || status == TransferOutcome.Status.REJECTED,
                    "unresolved");
        }
        int effects = after.rows().values().stream().mapToInt(Integer::intValue).sum();
        findings.add("keys", outcomes.size());
        findings.add("effects", effects);
        findings.add("unexpectedEffects", effects - expected);
        findings.setMoney(before.money(), after.money());
        return findings;
    }
}
