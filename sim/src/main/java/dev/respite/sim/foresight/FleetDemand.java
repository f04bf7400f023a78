package dev.respite.sim.foresight;

import dev.respite.policy.FleetSpec;
import dev.respite.text.Ranges;
import dev.respite.text.ValueFormat;
import java.time.Duration;

/**
 * Describes the load of all clients together and the capacity of their target.
 *
 * @param clients how many clients, each with a budget of its own, 1 to 10,000,000
 * @param rate first attempts of all clients together, in calls a second, above 0 and below the capacity
 * @param capacity requests a second that the target can serve, 0.01 to 10,000,000
 * @param timeout how long an attempt may take, 1 ms to 1 min
 */
public record FleetDemand(int clients, double rate, double capacity, Duration timeout) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range, or the rate is not below the capacity
     */
    public FleetDemand {
        Ranges.check("clients", clients, 1, FleetSpec.MAX_CLIENTS);
        Ranges.check("capacity", capacity, 0.01, 10_000_000);
        Ranges.check("timeout", timeout, Duration.ofMillis(1), Duration.ofMinutes(1));
        Ranges.check("rate", rate, 0.001, 10_000_000);
        if (rate >= capacity) {
            throw new IllegalArgumentException("rate " + ValueFormat.format(rate) + "/s at a capacity of "
                    + ValueFormat.format(capacity)
                    + "/s: must be below it, no policy recovers from a queue that only grows; add capacity, or reject"
                    + " what exceeds it");
        }
    }

    double timeoutSeconds() {
        return timeout.toNanos() / 1e9;
    }

    /** The part of the capacity that first attempts take. */
    double utilisation() {
        return rate / capacity;
    }
}
