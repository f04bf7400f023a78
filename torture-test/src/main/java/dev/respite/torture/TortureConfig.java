package dev.respite.torture;

import dev.respite.torture.sabotage.Sabotage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be tortured and how.
 *
 * @param store the store
 * @param time how long it is under load
 * @param seed what transfers and faults are drawn from
 * @param sabotage the protection that is switched off
 * @param installed the installed server that is used in place of the one of the build
 */
record TortureConfig(StoreKind store, Duration time, long seed, Optional<Sabotage> sabotage, Optional<Path> installed) {

    Mode mode() {
        return store.mode();
    }

    /** The breakpoints that are to have a kill before anything else is done. */
    Set<Step> stepsToKillFirst() {
        return sabotage.isPresent() ? Set.of() : EnumSet.allOf(Step.class);
    }

    /** How many in a hundred transfers are asked for at two workers at once. Whoever is to be taken over needs a rival. */
    int duplicatePercent() {
        return sabotage.equals(Optional.of(Sabotage.NO_FENCE)) ? 100 : 30;
    }

    /** How many in a hundred transfers are committed by the bank's own code, which then fails. */
    int selfCommitPercent() {
        if (mode() != Mode.TRANSACTIONAL) {
            return 0;
        }
        return sabotage.equals(Optional.of(Sabotage.NO_ENTRY_MARK)) ? 50 : sabotage.isPresent() ? 0 : 4;
    }

    /** What is done to each worker in one round. */
    List<FaultKind> faultCycle() {
        return sabotage.map(FaultKind::cycleFor).orElse(FaultKind.DEFAULT_CYCLE);
    }

    @Override
    public String toString() {
        return store + sabotage.map(what -> " with " + what).orElse("") + " for " + time.toSeconds() + " s, seed "
                + seed;
    }
}
