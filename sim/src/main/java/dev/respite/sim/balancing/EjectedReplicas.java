package dev.respite.sim.balancing;

import dev.respite.sim.scenario.Ejection;
import java.util.Arrays;

/** The replicas that are ejected, and until when. */
final class EjectedReplicas {

    private final long time;
    private final int most;
    private final long[] until;

    EjectedReplicas(Ejection ejection, int replicas) {
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
