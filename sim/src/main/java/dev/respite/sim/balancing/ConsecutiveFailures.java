package dev.respite.sim.balancing;

import dev.respite.sim.scenario.Ejection.Consecutive;

/** Ejects a replica after so many failures in a row. */
final class ConsecutiveFailures implements Outliers {

    private final Consecutive rule;
    private final EjectedReplicas ejected;
    private final int[] failures;

    ConsecutiveFailures(Consecutive rule, EjectedReplicas ejected, int replicas) {
        this.rule = rule;
        this.ejected = ejected;
        this.failures = new int[replicas];
    }

    @Override
    public void advanceTo(long now) {}

    @Override
    public void record(int replica, boolean failed, long now) {
        if (ejected.contains(replica, now)) {
            return;
        }
        failures[replica] = failed ? failures[replica] + 1 : 0;
        if (failures[replica] >= rule.failures() && ejected.tryAdd(replica, now)) {
            failures[replica] = 0;
        }
    }

    @Override
    public boolean isEjected(int replica, long now) {
        return ejected.contains(replica, now);
    }
}
