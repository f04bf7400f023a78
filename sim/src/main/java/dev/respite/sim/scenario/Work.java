package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * The work of a server on requests.
 *
 * @param workers the number of requests that it works on at a time, 1 to 1,000,000
 * @param time how long a worker takes for a request
 * @param coldFactor how many times as long it takes after a start, 1 to 1,000
 * @param cold how long it takes until the factor is 1, in a straight line
 * @param failureRatio the fraction of the requests that fail at random after the work, from 0 to 1
 * @param failureStatus the status that these get, 400 to 599; empty if they get no response
 */
public record Work(
        int workers,
        Distribution time,
        double coldFactor,
        Duration cold,
        double failureRatio,
        OptionalInt failureStatus) {

    /** One worker that takes 10 ms, and no failures. */
    static final Work DEFAULT =
            new Work(1, Distribution.constant(Duration.ofMillis(10)), 1, Duration.ZERO, 0, OptionalInt.of(500));

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if a value is out of its range
     */
    public Work {
        Checks.range("workers", workers, 1, 1e6);
        Checks.range("slow-start", coldFactor, 1, 1_000);
        Checks.time("slow-start", cold);
        Checks.range("failures", failureRatio, 0, 1);
        if (failureStatus.isPresent()) {
            Checks.range("status", failureStatus.getAsInt(), 400, 599);
        }
    }

    Work withWorkers(int workers) {
        return new Work(workers, time, coldFactor, cold, failureRatio, failureStatus);
    }

    Work withTime(Distribution time) {
        return new Work(workers, time, coldFactor, cold, failureRatio, failureStatus);
    }

    Work withSlowStart(double factor, Duration lasting) {
        return new Work(workers, time, factor, lasting, failureRatio, failureStatus);
    }

    Work withFailures(double ratio, OptionalInt status) {
        return new Work(workers, time, coldFactor, cold, ratio, status);
    }

    /** Returns the work with another ratio of failures, of the kind that it has already or else with a 500. */
    Work withFailures(double ratio) {
        return withFailures(ratio, failureRatio > 0 ? failureStatus : OptionalInt.of(failureStatus.orElse(500)));
    }
}
