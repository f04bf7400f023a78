package dev.respite.sim.balancing;

import dev.respite.sim.scenario.Ejection.FailureRatio;
import java.util.Arrays;

/** Ejects, at the end of each interval, the replicas of which too great a part of the attempts has failed. */
final class FailureRatios implements Outliers {

    private final FailureRatio rule;
    private final EjectedReplicas ejected;
    private final long interval;
    private final int[] attempts;
    private final int[] failures;
    private long end;

    FailureRatios(FailureRatio rule, EjectedReplicas ejected, int replicas) {
        this.rule = rule;
        this.ejected = ejected;
        this.interval = rule.interval().toNanos();
        this.attempts = new int[replicas];
        this.failures = new int[replicas];
        this.end = interval;
    }

    /** Nothing is chosen between the end of an interval and the next event, so what is decided late has been decided in time. */
    @Override
    public void advanceTo(long now) {
        if (now < end) {
            return;
        }
        int worst = worst();
        while (worst >= 0 && ejected.tryAdd(worst, end)) {
            attempts[worst] = 0;
            worst = worst();
        }
        Arrays.fill(attempts, 0);
        Arrays.fill(failures, 0);
        end += interval * ((now - end) / interval + 1);
    }

    /** The replica with the highest ratio that is enough for an ejection; -1 if there is none. */
    private int worst() {
        int worst = -1;
        for (int replica = 0; replica < attempts.length; replica++) {
            boolean enough = attempts[replica] >= rule.minAttempts() && ratio(replica) >= rule.ratio();
            if (enough && (worst < 0 || ratio(replica) > ratio(worst))) {
                worst = replica;
            }
        }
        return worst;
    }

    private double ratio(int replica) {
        return failures[replica] / (double) attempts[replica];
    }

    @Override
    public void record(int replica, boolean failed, long now) {
        if (!ejected.contains(replica, now)) {
            attempts[replica]++;
            failures[replica] += failed ? 1 : 0;
        }
    }

    @Override
    public boolean isEjected(int replica, long now) {
        return ejected.contains(replica, now);
    }
}
