package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The admission of requests to a server.
 *
 * @param queue how many requests wait at most
 * @param rateLimit how many are admitted in a second, 0.001 to 10,000,000; empty if any number
 * @param burst how many are admitted at once, 1 to 1,000,000
 * @param retryAfter the hint of a rejection, 0 to 24 h
 */
public record Admission(int queue, OptionalDouble rateLimit, int burst, Optional<Duration> retryAfter) {

    /** A queue without a limit. */
    static final Admission DEFAULT = new Admission(Service.UNLIMITED, OptionalDouble.empty(), 1, Optional.empty());

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if a value is out of its range
     */
    public Admission {
        Checks.range("queue", queue, 0, Service.UNLIMITED);
        if (rateLimit.isPresent()) {
            Checks.range("rate-limit", rateLimit.getAsDouble(), 0.001, 1e7);
        }
        Checks.range("burst", burst, 1, 1e6);
        retryAfter.ifPresent(hint -> Checks.time("retry-after", hint));
    }

    Admission withQueue(int limit) {
        return new Admission(limit, rateLimit, burst, retryAfter);
    }

    Admission withRateLimit(double rate, int atOnce) {
        return new Admission(queue, OptionalDouble.of(rate), atOnce, retryAfter);
    }

    Admission withRetryAfter(Duration hint) {
        return new Admission(queue, rateLimit, burst, Optional.of(hint));
    }
}
