package dev.respite.torture;

import dev.respite.torture.Bank.LedgerSnapshot;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the oracle finds when it holds what clients were told against the books.
 *
 * @param keys transfers asked for, each under a key of its own
 * @param effects rows of the ledger
 * @param duplicated keys with more than one row
 * @param lost keys with no row that nobody was told to be unknown, or that the bank's code has committed by itself
 * @param acknowledgedButMissing keys of which a client was told that they are done, and that then had no row, at the end or
 *     before all were asked for again
 * @param replaysDiffering answers that are not, byte for byte, the first that was told under their key
 * @param unknown keys of which nobody knows what became: in mode A those that the bank's code has committed by itself
 * @param unexpectedEffects rows of the ledger that nobody has asked for
 * @param unresolved keys that got no definite answer, or were refused
 * @param moneyBefore the money in all accounts before
 * @param moneyAfter the money in all accounts after
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

    /** The transfers of which a client was told by now that they are done. */
    static Set<Integer> acknowledged(Collection<TransferOutcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> outcome.status() == TransferOutcome.Status.SUCCEEDED)
                .map(outcome -> outcome.transfer().number())
                .collect(Collectors.toSet());
    }

    /**
     * The verdict.
     *
     * @param outcomes what clients were told
     * @param before the books before
     * @param after the books after
     * @param missingEarlier transfers that had no row once, when a client had been told that they are done
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
            // Of what commits by itself it is only unknown whether all of it was done: it was committed.
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

    /** Nothing twice, nothing lost, nothing told that is not so, and no money made or burnt. */
    boolean isClean() {
        return duplicated == 0
                && lost == 0
                && acknowledgedButMissing == 0
                && replaysDiffering == 0
                && unexpectedEffects == 0
                && unresolved == 0
                && moneyBefore == moneyAfter;
    }
}
