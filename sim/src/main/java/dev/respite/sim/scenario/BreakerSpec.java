package dev.respite.sim.scenario;

import java.time.Duration;

/**
 * The circuit breaker of a fleet, which sees each attempt: Resilience4j's, with its defaults for all other settings. A
 * refused attempt ends its call and never reaches the service.
 *
 * @param failureRate the part of the last attempts that must have failed for it to open, above 0, at most 1
 * @param window how many attempts it looks back on; it never opens before it has seen as many
 * @param open how long it refuses, 1 ms to 24 h, until it lets a few attempts pass to see whether the service is well again
 * @param shared whether all clients have one breaker together, instead of one each
 */
public record BreakerSpec(double failureRate, int window, Duration open, boolean shared) {

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if a number is out of its range
     */
    public BreakerSpec {
        Checks.range("failure-rate", failureRate, 0.001, 1);
        Checks.range("window", window, 1, 100_000);
        Checks.time("open", open);
        Checks.range("open in milliseconds", (double) open.toMillis(), 1, 86_400_000);
    }

    /**
     * A breaker for each client.
     *
     * @param failureRate the ratio of failed attempts at which it opens, above 0, at most 1
     * @param window the number of last attempts that are counted
     * @param open how long it stays open, 1 ms to 24 h
     * @return the specification
     */
    public static BreakerSpec own(double failureRate, int window, Duration open) {
        return new BreakerSpec(failureRate, window, open, false);
    }

    /**
     * One breaker for all clients.
     *
     * @param failureRate the ratio of failed attempts at which it opens, above 0, at most 1
     * @param window the number of last attempts that are counted
     * @param open how long it stays open, 1 ms to 24 h
     * @return the specification
     */
    public static BreakerSpec shared(double failureRate, int window, Duration open) {
        return new BreakerSpec(failureRate, window, open, true);
    }

    /** Returns the text of a file: {@code own 50% of 20 open 5s}. */
    @Override
    public String toString() {
        return (shared ? "shared " : "own ") + Formats.percent(failureRate) + " of " + window + " open "
                + Formats.time(open);
    }
}
