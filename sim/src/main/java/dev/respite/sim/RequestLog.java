package dev.respite.sim;

import dev.respite.sim.SimulationEvent.RequestArrived;
import dev.respite.sim.SimulationEvent.RequestFinished;

/** Counts the requests that come to a service in each second, and publishes them. */
final class RequestLog {

    private final String service;
    private final EventTap tap;
    private final Series.Counts counts = new Series.Counts();

    RequestLog(String service, EventTap tap) {
        this.service = service;
        this.tap = tap;
    }

    void arrived(long now, int replica, long call, int attempt) {
        counts.add(now);
        if (tap.isOpen()) {
            tap.publish(new RequestArrived(now, service, replica, call, attempt));
        }
    }

    void finished(long now, int replica, long call, int attempt, long workNanos, boolean isAbandoned) {
        if (tap.isOpen()) {
            tap.publish(new RequestFinished(now, service, replica, call, attempt, workNanos, isAbandoned));
        }
    }

    Series.Counts counts() {
        return counts;
    }
}
