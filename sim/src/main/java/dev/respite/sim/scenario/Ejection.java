package dev.respite.sim.scenario;

import java.time.Duration;

/**
 * The condition under which a {@link Balancer} sends no attempts to a replica for a while: outlier ejection, as in Envoy and
 * gRPC. A failure is an
 * attempt that gets no response in time, or one with a status of 500 or more; a 429 is none. The time is always the same, where
 * Envoy's
 * grows with each ejection.
 *
 * @param rule what a replica is ejected for
 * @param time how long it gets no attempts, above 0, at most 24 h
 * @param maxRatio the fraction of the replicas that may be ejected at the same time, above 0, at most 1; rounded down to whole
 *     replicas. If all are ejected, attempts go to all of them
 */
public record Ejection(Rule rule, Duration time, double maxRatio) {

    /** The failures for which a replica is ejected. */
    public sealed interface Rule permits Consecutive, FailureRatio {}

    /**
     * Failures one after the other.
     *
     * @param failures how many, 1 to 1,000,000
     */
    public record Consecutive(int failures) implements Rule {
        /**
         * Checks the range.
         *
         * @throws InvalidScenarioException if the number is out of its range
         */
        public Consecutive {
            Checks.range("eject", failures, 1, 1e6);
        }

        /** Returns the text of a file: {@code 5 in a row}. */
        @Override
        public String toString() {
            return failures + " in a row";
        }
    }

    /**
     * Failures among the attempts that end in an interval. Intervals follow each other from the beginning of the run; at the
     * end of
     * each the replicas with the highest ratio are ejected first.
     *
     * @param ratio the failed fraction of the attempts at which a replica is ejected, above 0, at most 1
     * @param minAttempts how many attempts a replica must have had in the interval to be ejected, 1 to 1,000,000
     * @param interval the interval, above 0, at most 24 h
     */
    public record FailureRatio(double ratio, int minAttempts, Duration interval) implements Rule {
        /**
         * Checks the ranges.
         *
         * @throws InvalidScenarioException if a number is out of its range
         */
        public FailureRatio {
            Checks.range("eject ratio", ratio, 0.001, 1);
            Checks.range("eject attempts", minAttempts, 1, 1e6);
            Checks.positive("eject interval", interval);
        }

        /** Returns the text of a file: {@code 50% of 20 in 10s}. */
        @Override
        public String toString() {
            return Formats.percent(ratio) + " of " + minAttempts + " in " + Formats.time(interval);
        }
    }

    /**
     * Checks the ranges.
     *
     * @throws InvalidScenarioException if a number is out of its range
     */
    public Ejection {
        Checks.positive("eject-time", time);
        Checks.range("eject-max", maxRatio, 0.0001, 1);
    }

    /**
     * Returns how many replicas may be ejected at the same time.
     *
     * @param replicas how many there are
     * @return 0 or more
     */
    public int most(int replicas) {
        // The sum of a ratio's rounding and the product's is far below this.
        return (int) Math.floor(maxRatio * replicas + 1e-9);
    }
}
