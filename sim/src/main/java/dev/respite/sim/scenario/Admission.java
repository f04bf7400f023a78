package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The admission of requests to a server, and their order.
 *
 * @param queue how many requests wait at most
 * @param newestFirstAbove the number of waiting requests above which the newest is the next one; below, it is the oldest
 * @param rateLimit how many are admitted in a second, 0.001 to 10,000,000; empty if any number
 * @param burst how many are admitted at once, 1 to 1,000,000
 * @param retryAfter the hint of a rejection, 0 to 24 h
 * @param concurrencyLimit the limit to the requests that are in a server, waiting or worked on; empty if there is none
 */
public record Admission(
        int queue,
        int newestFirstAbove,
        OptionalDouble rateLimit,
        int burst,
        Optional<Duration> retryAfter,
        Optional<ConcurrencyLimit> concurrencyLimit) {

    /** A queue without a limit, the oldest first. */
    static final Admission DEFAULT = new Admission(
            Service.UNLIMITED, Service.UNLIMITED, OptionalDouble.empty(), 1, Optional.empty(), Optional.empty());

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if a value is out of its range
     */
    public Admission {
        Checks.range("queue", queue, 0, Service.UNLIMITED);
        Checks.range("adaptive-lifo", newestFirstAbove, 0, Service.UNLIMITED);
        if (rateLimit.isPresent()) {
            Checks.range("rate-limit", rateLimit.getAsDouble(), 0.001, 1e7);
        }
        Checks.range("burst", burst, 1, 1e6);
        retryAfter.ifPresent(hint -> Checks.time("retry-after", hint));
    }

    Admission withQueue(int limit) {
        return new Admission(limit, newestFirstAbove, rateLimit, burst, retryAfter, concurrencyLimit);
    }

    Admission withNewestFirstAbove(int threshold) {
        return new Admission(queue, threshold, rateLimit, burst, retryAfter, concurrencyLimit);
    }

    Admission withRateLimit(double rate, int atOnce) {
        return new Admission(queue, newestFirstAbove, OptionalDouble.of(rate), atOnce, retryAfter, concurrencyLimit);
    }

    Admission withRetryAfter(Duration hint) {
        return new Admission(queue, newestFirstAbove, rateLimit, burst, Optional.of(hint), concurrencyLimit);
    }

    Admission withConcurrencyLimit(ConcurrencyLimit limit) {
        return new Admission(queue, newestFirstAbove, rateLimit, burst, retryAfter, Optional.of(limit));
    }

    /** Returns the value of the key {@code discipline} in a file, such as {@code adaptive-lifo 50}. */
    String discipline() {
        return switch (newestFirstAbove) {
            case 0 -> "lifo";
            case Service.UNLIMITED -> "fifo";
            default -> "adaptive-lifo " + newestFirstAbove;
        };
    }
}
