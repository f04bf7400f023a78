package dev.respite.sim.foresight;

import dev.respite.policy.FleetSpec;
import dev.respite.policy.Limits;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import dev.respite.text.ValueFormat;
import java.time.Duration;

/**
 * All clients of a service, and its capacity.
 *
 * @param clients the number of clients, each with a budget of its own
 * @param rate first attempts of all clients together, in calls a second
 * @param capacity requests a second that the service can serve
 * @param timeout the time limit of an attempt, unless the policy has one
 */
record Fleet(int clients, double rate, double capacity, Duration timeout) {

    private static final int WORKERS = 3;
    private static final int MIN_WARM_UP = 40;
    private static final int MAX_WARM_UP = 120;
    private static final int CALLS_IN_WARM_UP = 3;

    /** A service is scaled down to so many requests in one timeout. */
    private static final double ENOUGH_IN_TIMEOUT = 80;

    /** The same for the spare capacity, on which the fluctuations of a full service depend. */
    private static final double ENOUGH_SPARE = 12;

    /** The same for a service whose capacity exceeds {@link #LARGE_CAPACITY} after that. */
    private static final double MIN_IN_TIMEOUT = 60;

    private static final double MIN_CAPACITY = 40;
    private static final double LARGE_CAPACITY = 400;

    /** Clients that call more rarely call at most once in a run, so a longer interval has no effect. */
    private static final double MAX_INTERVAL_SECONDS = 300;

    static Fleet of(int clients, double rate, double capacity, Duration timeout) {
        ValueFormat.checkRange("clients", clients, 1, FleetSpec.MAX_CLIENTS);
        ValueFormat.checkRange("capacity", capacity, 0.01, 10_000_000);
        ValueFormat.checkRange("timeout", timeout, Duration.ofMillis(1), Duration.ofMinutes(1));
        ValueFormat.checkRange("rate", rate, 0.001, 10_000_000);
        if (rate >= capacity) {
            throw new IllegalArgumentException("rate " + ValueFormat.format(rate) + "/s at a capacity of "
                    + ValueFormat.format(capacity)
                    + "/s: must be below it, no policy recovers from a queue that only grows; add capacity, or reject"
                    + " what exceeds it");
        }
        return new Fleet(clients, rate, capacity, timeout);
    }

    /**
     * Returns a smaller fleet with the same utilisation, whose clients call as often. Each client behaves as before, so the same
     * fraction of the calls is retried. A declared number of clients stays, since it determines the behaviour of one client.
     *
     * @param limits the limits of the policy
     */
    Fleet scaled(Limits limits) {
        double seconds = limits.attemptTimeout().orElse(timeout).toNanos() / 1e9;
        double spare = 1 - rate / capacity;
        double enough = Math.max(MIN_CAPACITY, Math.max(ENOUGH_IN_TIMEOUT, ENOUGH_SPARE / spare) / seconds);
        double large = Math.max(LARGE_CAPACITY, MIN_IN_TIMEOUT / seconds);
        double scale = Math.min(1, Math.min(enough, large) / capacity);
        double smaller = scale * rate;
        double fewer = Math.min(scale * clients, MAX_INTERVAL_SECONDS * smaller);
        return new Fleet((int) Math.max(1, Math.round(fewer)), smaller, scale * capacity, timeout);
    }

    /** Returns the seconds before an incident, in which most clients call several times. */
    int warmUpSeconds() {
        return (int) Math.max(MIN_WARM_UP, Math.min(MAX_WARM_UP, Math.ceil(CALLS_IN_WARM_UP * clients / rate)));
    }

    /**
     * Returns the scenario of an incident.
     *
     * @param after the seconds after the incident
     * @param isOneClient whether one client makes all calls: without retries the number has no effect
     */
    Scenario scenario(Incident incident, int after, boolean isOneClient) {
        int warmUp = warmUpSeconds();
        Duration work = Duration.ofNanos(Math.round(WORKERS * 1e9 / capacity));
        return Scenario.builder(incident.toString())
                .duration(Duration.ofSeconds(warmUp + incident.seconds() + after))
                .service(Service.named(Incident.SERVICE).workers(WORKERS).serviceTime(Distribution.exponential(work)))
                .load(Load.poisson(Incident.SERVICE, rate)
                        .clients(isOneClient ? 1 : clients)
                        .timeout(timeout))
                .fault(incident.at(warmUp))
                .build();
    }

    /** Returns a policy without retries that has the same time limits. */
    static RetryPolicy withoutRetries(RetryPolicy policy) {
        StringBuilder text = new StringBuilder("max-attempts=1 total-timeout=");
        text.append(policy.limits().totalTimeout().map(ValueFormat::format).orElse("off"));
        policy.limits()
                .attemptTimeout()
                .ifPresent(limit -> text.append(" attempt-timeout=").append(ValueFormat.format(limit)));
        return RetryPolicy.parse(text.toString());
    }
}
