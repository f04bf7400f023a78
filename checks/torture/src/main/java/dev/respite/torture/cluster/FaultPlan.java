package dev.respite.torture.cluster;

import java.time.Duration;
import java.util.List;

/**
 * The faults of a run.
 *
 * @param seed the seed of the faults
 * @param cycle the faults of one cycle of a worker, each as often as it is listed
 * @param steps the steps at which they are injected
 * @param takeover the time after which another worker takes over what a paused one does
 * @param restartsStores whether the stores are restarted
 * @param whileFrozen runs at the end of each {@link FaultKind#FREEZE}, before it is undone
 */
public record FaultPlan(
        long seed,
        List<FaultKind> cycle,
        Steps steps,
        Duration takeover,
        boolean restartsStores,
        Runnable whileFrozen) {

    /**
     * The steps at which faults are injected.
     *
     * @param kill where a worker is killed
     * @param killFirst whether it is killed at each of them before any other fault is injected
     * @param pause where it is paused
     * @param beforeEffect where nothing of the effect is done
     * @param beforeCommit where a commit is the next that is sent to a store
     */
    public record Steps(
            List<Step> kill, boolean killFirst, List<Step> pause, Step beforeEffect, List<Step> beforeCommit) {}
}
