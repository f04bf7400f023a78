package dev.respite.torture;

import dev.respite.torture.Bank.Books;
import java.util.Collection;

/**
 * What the oracle finds when it holds what clients were told against the books.
 *
 * @param keys transfers asked for, each under a key of its own
 * @param effects rows of the ledger
 * @param duplicated keys with more than one row
 * @param lost keys with no row that nobody was told to be unknown
 * @param acknowledgedButMissing keys with no row of which a client was told that they are done
 * @param replaysDiffering answers that are not, byte for byte, the first that was told under their key
 * @param unknown keys of which nobody knows what became; more than none is clean in mode B only
 * @param strays rows of the ledger that nobody has asked for
 * @param unanswered keys that got no definite answer, or were refused
 * @param moneyBefore the money in all accounts before
 * @param moneyAfter the money in all accounts after
 */
record Verdict(
        int keys,
        int effects,
        int duplicated,
        int lost,
        int acknowledgedButMissing,
        int replaysDiffering,
        int unknown,
        int strays,
        int unanswered,
        long moneyBefore,
        long moneyAfter) {

    static Verdict of(Collection<Fate> fates, Books before, Books after) {
        int duplicated = 0;
        int lost = 0;
        int missing = 0;
        int differing = 0;
        int unknown = 0;
        int unanswered = 0;
        int asked = 0;
        for (Fate fate : fates) {
            int rows = after.rows().getOrDefault(fate.transfer().number(), 0);
            Fate.Ending ending = fate.ending();
            asked += rows;
            duplicated += rows > 1 ? 1 : 0;
            lost += rows == 0 && ending != Fate.Ending.UNKNOWN ? 1 : 0;
            missing += rows == 0 && ending == Fate.Ending.DONE ? 1 : 0;
            differing += fate.differing();
            unknown += ending == Fate.Ending.UNKNOWN ? 1 : 0;
            unanswered += ending == Fate.Ending.OPEN || ending == Fate.Ending.REFUSED ? 1 : 0;
        }
        int effects = after.rows().values().stream().mapToInt(Integer::intValue).sum();
        return new Verdict(
                fates.size(),
                effects,
                duplicated,
                lost,
                missing,
                differing,
                unknown,
                effects - asked,
                unanswered,
                before.money(),
                after.money());
    }

    /** Nothing twice, nothing lost, nothing told that is not so, and no money made or burnt. */
    boolean isClean() {
        return duplicated == 0
                && lost == 0
                && acknowledgedButMissing == 0
                && replaysDiffering == 0
                && strays == 0
                && unanswered == 0
                && moneyBefore == moneyAfter;
    }
}
