package dev.respite.sim.balancing;

import dev.respite.sim.scenario.Ejection;
import dev.respite.sim.scenario.Ejection.Consecutive;
import dev.respite.sim.scenario.Ejection.FailureRatio;
import java.util.Arrays;

/** Knows which replicas are ejected. What it learns of a replica that is ejected has no effect. */
sealed interface Outliers permits Outliers.None, ConsecutiveFailures, FailureRatios {

    /** No replica is ever ejected. */
    Outliers NONE = new None();

    static Outliers of(Ejection ejection, int replicas) {
        Ejected ejected = new Ejected(ejection, replicas);
        // No pattern switch: this is Java 17.
        return ejection.rule() instanceof Consecutive rule
                ? new ConsecutiveFailures(rule, ejected, replicas)
                : new FailureRatios((FailureRatio) ejection.rule(), ejected, replicas);
    }

    /** Lets time pass until now. */
    void advanceTo(long now);

    void record(int replica, boolean failed, long now);

    boolean isEjected(int replica, long now);

    /** Nothing is ejected. */
    record None() implements Outliers {
        @Override
        public void advanceTo(long now) {}

        @Override
        public void record(int replica, boolean failed, long now) {}

        @Override
        public boolean isEjected(int replica, long now) {
            return false;
        }
    }

    /** The replicas that are ejected, and until when. */
    final class Ejected {

        private final long time;
        private final int most;
        private final long[] until;

        Ejected(Ejection ejection, int replicas) {
            this.time = ejection.time().toNanos();
            this.most = ejection.most(replicas);
            this.until = new long[replicas];
        }

        boolean contains(int replica, long now) {
            return now < until[replica];
        }

        /** Ejects a replica, unless as many are ejected as may be. */
        boolean tryAdd(int replica, long now) {
            if (Arrays.stream(until).filter(end -> now < end).count() >= most) {
                return false;
            }
            until[replica] = now + time;
            return true;
        }
    }
}
