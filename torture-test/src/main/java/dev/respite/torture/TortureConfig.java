package dev.respite.torture;

import dev.respite.torture.fault.FaultKind;
import dev.respite.torture.fault.FaultPlan;
import dev.respite.torture.fault.Step;
import dev.respite.torture.sabotage.Sabotage;
import dev.respite.torture.store.StoreKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of a run of transfers under idempotency keys.
 *
 * @param store the store
 * @param time the duration of the load
 * @param seed the seed of transfers and faults
 * @param sabotage the protection that is switched off
 * @param installed the installed server that replaces the one of the build
 */
record TortureConfig(StoreKind store, Duration time, long seed, Optional<Sabotage> sabotage, Optional<Path> installed) {

    private static final List<Step> PAUSE_STEPS =
            List.of(Step.AFTER_CLAIM, Step.BEFORE_EFFECT, Step.AFTER_DEBIT, Step.BEFORE_COMMIT, Step.AFTER_COMMIT);

    /** Returns how effect and record are joined with the store. */
    Mode mode() {
        return store.isDatabase() ? Mode.TRANSACTIONAL : Mode.EXTERNAL;
    }

    /** Returns the faults of the run. */
    FaultPlan faults() {
        return new FaultPlan(
                seed,
                sabotage.map(TortureConfig::cycleFor).orElse(FaultKind.DEFAULT_CYCLE),
                new FaultPlan.Steps(
                        Step.ofTransfers(),
                        sabotage.isEmpty(),
                        PAUSE_STEPS,
                        Step.AFTER_CLAIM,
                        List.of(Step.BEFORE_COMMIT)),
                Worker.LEASE,
                true);
    }

    /** Returns the faults of one cycle that provoke the missing protection, and few others. */
    private static List<FaultKind> cycleFor(Sabotage sabotage) {
        return switch (sabotage) {
            case NO_FENCE -> List.of(FaultKind.PAUSE_BEFORE_EFFECT, FaultKind.RESET_CLIENT_CONNECTIONS);
            case NO_RECORD_IN_TX -> List.of(FaultKind.KILL_AT_STEP, FaultKind.LOSE_COMMIT);
            case RESPOND_BEFORE_COMMIT -> List.of(FaultKind.LOSE_COMMIT, FaultKind.KILL_AT_STEP);
            case DELETE_ON_FAILURE ->
                List.of(
                        FaultKind.LOSE_COMMIT_RESPONSE,
                        FaultKind.LOSE_COMMIT_RESPONSE,
                        FaultKind.RESET_STORE_CONNECTIONS);
            case NO_ENTRY_MARK -> List.of(FaultKind.RESET_CLIENT_CONNECTIONS);
        };
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

    @Override
    public String toString() {
        return store + sabotage.map(what -> " with " + what).orElse("") + " for " + time.toSeconds() + " s, seed "
                + seed;
    }
}
