package dev.respite.torture;

import dev.respite.torture.bank.Bank.LedgerSnapshot;
import dev.respite.torture.run.Findings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The result of the check that compares what clients saw with the ledger.
 *
 * @param keys the transfers that were sent, each with its own key
 * @param effects the rows of the ledger
 * @param duplicated the keys with more than one row
 * @param lost the keys without a row, except those that may be missing because their outcome is unknown
 * @param acknowledgedButMissing the keys that a client saw succeed and that had no row, either at the end or before transfers
 *     were sent again
 * @param replaysDiffering the responses that differ from the first success of their key in at least one byte
 * @param unknown the keys with an unknown outcome; in the transactional mode only those that the bank's code committed by
 *     itself
 * @param unexpectedEffects the rows of the ledger that belong to no transfer
 * @param unresolved the keys without a definite response, or with a rejection
 * @param moneyBefore the sum of all balances before the run
 * @param moneyAfter the sum of all balances after the run
 */
record ConsistencyResult(
        int keys,
        int effects,
        int duplicated,
        int lost,
        int acknowledgedButMissing,
        int replaysDiffering,
        int unknown,
        int unexpectedEffects,
        int unresolved,
        long moneyBefore,
        long moneyAfter) {

    /** Returns the numbers of the transfers that a client saw succeed so far. */
    static Set<Integer> acknowledged(Collection<TransferOutcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> outcome.status() == TransferOutcome.Status.SUCCEEDED)
                .map(outcome -> outcome.transfer().number())
                .collect(Collectors.toSet());
    }

    /**
     * Compares the outcomes with the ledger.
     *
     * @param outcomes what clients saw
     * @param before the ledger before the run
     * @param after the ledger after the run
     * @param missingEarlier the transfers that had no row at an earlier check although a client saw them succeed
     */
    static ConsistencyResult of(
            Collection<TransferOutcome> outcomes,
            LedgerSnapshot before,
            LedgerSnapshot after,
            Set<Integer> missingEarlier) {
        int duplicated = 0;
        int lost = 0;
        int missing = 0;
        int differing = 0;
        int unknown = 0;
        int unresolved = 0;
        int expected = 0;
        for (TransferOutcome outcome : outcomes) {
            int rows = after.rows().getOrDefault(outcome.transfer().number(), 0);
            TransferOutcome.Status status = outcome.status();
            expected += rows;
            duplicated += rows > 1 ? 1 : 0;
            // A transfer that commits by itself was committed; only whether its work is complete is unknown.
            boolean mayBeMissing = status == TransferOutcome.Status.UNKNOWN
                    && !outcome.transfer().commitsByItself();
            lost += rows == 0 && !mayBeMissing ? 1 : 0;
            boolean gone = rows == 0 && status == TransferOutcome.Status.SUCCEEDED;
            missing += gone || missingEarlier.contains(outcome.transfer().number()) ? 1 : 0;
            differing += outcome.differingResponses();
            unknown += status == TransferOutcome.Status.UNKNOWN ? 1 : 0;
            unresolved += status == TransferOutcome.Status.PENDING || status == TransferOutcome.Status.REJECTED ? 1 : 0;
        }
        int effects = after.rows().values().stream().mapToInt(Integer::intValue).sum();
        return new ConsistencyResult(
                outcomes.size(),
                effects,
                duplicated,
                lost,
                missing,
                differing,
                unknown,
                effects - expected,
                unresolved,
                before.money(),
                after.money());
    }

    /** Returns whether the check found no fault: every count of faults is 0 and the total money is unchanged. */
    boolean isClean() {
        return duplicated == 0
                && lost == 0
                && acknowledgedButMissing == 0
                && replaysDiffering == 0
                && unexpectedEffects == 0
                && unresolved == 0
                && moneyBefore == moneyAfter;
    }

    /** Returns the figures in the order of the output. */
    Findings findings() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("keys", (long) keys);
        figures.put("effects", (long) effects);
        figures.put("duplicated", (long) duplicated);
        figures.put("lost", (long) lost);
        figures.put("acknowledgedButMissing", (long) acknowledgedButMissing);
        figures.put("replaysDiffering", (long) replaysDiffering);
        figures.put("unknown", (long) unknown);
        figures.put("moneyBefore", moneyBefore);
        figures.put("moneyAfter", moneyAfter);
        String notClean = "NOT CLEAN"
                + (unresolved == 0 ? "" : ": " + unresolved + " transfers without a definite response")
                + (unexpectedEffects == 0 ? "" : ": " + unexpectedEffects + " effects of unknown transfers");
        return new Findings(
                figures, isClean(), isClean() ? "clean: no duplicate, no loss, and every replay identical" : notClean);
    }
}
