package dev.respite.torture.durable;

import dev.respite.torture.fault.FaultKind;
import dev.respite.torture.fault.FaultPlan;
import dev.respite.torture.fault.Step;
import dev.respite.torture.sabotage.DurableSabotage;
import dev.respite.torture.store.StoreKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of a run of durable calls.
 *
 * @param store the database
 * @param time the duration of the load
 * @param seed the seed of orders and faults
 * @param sabotage the protection that is switched off
 * @param installed the installed server that replaces the one of the build
 */
public record DurableConfig(
        StoreKind store, Duration time, long seed, Optional<DurableSabotage> sabotage, Optional<Path> installed) {

    private static final List<Step> PAUSE_STEPS = List.of(
            Step.AFTER_PICK,
            Step.BEFORE_REMOVAL,
            Step.AFTER_REMOVAL,
            Step.AFTER_EFFECT_COMMIT,
            Step.BEFORE_RESPONSE,
            Step.AFTER_RESPONSE,
            Step.BEFORE_RESCHEDULE,
            Step.DURING_PARK);

    private static final int MORE_KILLS = 4;

    private static final List<Step> COMMIT_STEPS = List.of(
            Step.AFTER_REMOVAL,
            Step.AFTER_REMOVAL,
            Step.BEFORE_ENQUEUE_COMMIT,
            Step.BEFORE_RESCHEDULE,
            Step.DURING_PARK);

    /** Returns the faults of the run. H2 is not restarted, since it does not guarantee consistent data after a kill. */
    FaultPlan faults() {
        return new FaultPlan(
                seed,
                sabotage.map(DurableConfig::cycleFor).orElseGet(DurableConfig::defaultCycle),
                sabotage.map(DurableConfig::stepsFor)
                        .orElseGet(() -> new FaultPlan.Steps(
                                Step.ofDurableCalls(), true, PAUSE_STEPS, Step.AFTER_PICK, COMMIT_STEPS)),
                DurableWorker.TAKEOVER,
                store != StoreKind.H2);
    }

    private static List<FaultKind> defaultCycle() {
        List<FaultKind> cycle = new ArrayList<>(FaultKind.DEFAULT_CYCLE);
        // There are more steps than those of a transfer.
        cycle.addAll(Collections.nCopies(MORE_KILLS, FaultKind.KILL_AT_STEP));
        cycle.add(FaultKind.PAUSE_AT_STEP);
        cycle.add(FaultKind.DEPLOY);
        return cycle;
    }

    /** Returns the faults of one cycle that provoke the missing protection. */
    private static List<FaultKind> cycleFor(DurableSabotage sabotage) {
        return switch (sabotage) {
            case REMOVE_BEFORE_COMMIT -> List.of(FaultKind.KILL_AT_STEP, FaultKind.LOSE_COMMIT);
            case NO_FENCE -> List.of(FaultKind.PAUSE_BEFORE_EFFECT);
            case NO_SEQUENCE -> List.of(FaultKind.KILL_AT_STEP);
        };
    }

    private static FaultPlan.Steps stepsFor(DurableSabotage sabotage) {
        List<Step> kill = sabotage == DurableSabotage.NO_FENCE ? List.of() : List.of(Step.AFTER_REMOVAL);
        return new FaultPlan.Steps(kill, false, PAUSE_STEPS, Step.AFTER_PICK, List.of(Step.AFTER_REMOVAL));
    }

    @Override
    public String toString() {
        return "durable calls on " + store
                + sabotage.map(what -> " with " + what).orElse("") + " for " + time.toSeconds() + " s, seed " + seed;
    }
}
