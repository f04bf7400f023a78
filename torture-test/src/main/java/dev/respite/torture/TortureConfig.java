package dev.respite.torture;

import dev.respite.torture.sabotage.Sabotage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of a run.
 *
 * @param store the store
 * @param time the duration of the load
 * @param seed the seed of transfers and faults
 * @param sabotage the protection that is switched off
 * @param installed the installed server that replaces the one of the build
 */
record TortureConfig(StoreKind store, Duration time, long seed, Optional<Sabotage> sabotage, Optional<Path> installed) {

    Mode mode() {
        return store.mode();
    }

    /** Returns the steps at which a worker is killed before any other fault is injected. */
    Set<Step> stepsToKillFirst() {
        return sabotage.isPresent() ? Set.of() : EnumSet.allOf(Step.class);
    }

    /**
     * Returns the percentage of transfers that are sent to two workers at the same time. A takeover needs a second client.
     */
    int duplicatePercent() {
        return sabotage.equals(Optional.of(Sabotage.NO_FENCE)) ? 100 : 30;
    }

    /** Returns the percentage of transfers that the bank's code commits by itself before it fails. */
    int selfCommitPercent() {
        if (mode() != Mode.TRANSACTIONAL) {
            return 0;
        }
        return sabotage.equals(Optional.of(Sabotage.NO_ENTRY_MARK)) ? 50 : sabotage.isPresent() ? 0 : 4;
    }

    /** Returns the faults of one cycle of a worker. */
    List<FaultKind> faultCycle() {
        return sabotage.map(FaultKind::cycleFor).orElse(FaultKind.DEFAULT_CYCLE);
    }

    @Override
    public String toString() {
        return store + sabotage.map(what -> " with " + what).orElse("") + " for " + time.toSeconds() + " s, seed "
                + seed;
    }
}
