package dev.respite.sim.scenario;

import java.time.Duration;

/**
 * A limit to the requests that are in a server, waiting or worked on, which adapts itself to latency by additive increase and
 * multiplicative decrease. It is {@code AIMDLimit} of <a href="https://github.com/Netflix/concurrency-limits">Netflix's
 * concurrency-limits</a>. A request that was in the server for longer than {@code latency} makes the limit {@code max(1,
 * floor(limit · backoff))}. Any other request adds 1 if at least half of the limit was in use when it came.
 *
 * @param latency the longest time in the server that does not lower the limit, above 0, at most 24 h
 * @param initial the limit after each start, 1 to 1,000,000
 * @param backoff the factor of a decrease, 0.5 to 0.99
 */
public record ConcurrencyLimit(Duration latency, int initial, double backoff) {

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if a number is out of its range
     */
    public ConcurrencyLimit {
        Checks.positive("concurrency-limit", latency);
        Checks.range("concurrency-limit from", initial, 1, 1e6);
        Checks.range("concurrency-limit by", backoff, 0.5, 0.99);
    }

    /**
     * A limit with Netflix's defaults: 10 at first, and nine tenths after a decrease.
     *
     * @param latency the longest time in the server that does not lower the limit, above 0, at most 24 h
     * @return the limit
     */
    public static ConcurrencyLimit aimd(Duration latency) {
        return new ConcurrencyLimit(latency, 10, 0.9);
    }

    /** Returns the text of a file: {@code aimd 100ms from 10 by 0.9}. */
    @Override
    public String toString() {
        return "aimd " + Formats.time(latency) + " from " + initial + " by " + Formats.number(backoff);
    }
}
