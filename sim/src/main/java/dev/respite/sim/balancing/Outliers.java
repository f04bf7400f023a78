package dev.respite.sim.balancing;

import dev.respite.sim.scenario.Ejection;
import dev.respite.sim.scenario.Ejection.Consecutive;
import dev.respite.sim.scenario.Ejection.FailureRatio;

/** Decides which replicas are ejected. A result of an ejected replica has no effect. */
sealed interface Outliers permits NoOutliers, ConsecutiveFailures, FailureRatios {

    /** No replica is ever ejected. */
    Outliers NONE = new NoOutliers();

    static Outliers of(Ejection ejection, int replicas) {
        EjectedReplicas ejected = new EjectedReplicas(ejection, replicas);
        // No pattern switch: this is Java 17.
        return ejection.rule() instanceof Consecutive rule
                ? new ConsecutiveFailures(rule, ejected, replicas)
                : new FailureRatios((FailureRatio) ejection.rule(), ejected, replicas);
    }

    /** Lets time pass until now. */
    void advanceTo(long now);

    void record(int replica, boolean failed, long now);

    boolean isEjected(int replica, long now);
}
