package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.Locale;

/** In which order a server works on the requests that wait, and which of them it rejects instead. */
public sealed interface Discipline permits Discipline.Order, Discipline.AdaptiveLifo, Discipline.CoDel {

    /** An order in which each request has its turn, sooner or later. */
    enum Order implements Discipline {
        /** The oldest first. */
        FIFO,
        /** The newest first. */
        LIFO;

        /**
         * The word in a file.
         *
         * @return the value of the key {@code discipline}
         */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The oldest first, but the newest while the queue is long, as in Facebook's "Fail at Scale" (ACM Queue 13 (8), 2015).
     *
     * @param threshold how many requests wait at most for the oldest to be the first, 0 to 1,000,000
     */
    record AdaptiveLifo(int threshold) implements Discipline {
        /**
         * Checks the range.
         *
         * @throws InvalidScenarioException if the number is out of its range
         */
        public AdaptiveLifo {
            Checks.range("adaptive-lifo", threshold, 0, 1e6);
        }

        @Override
        public String toString() {
            return "adaptive-lifo " + threshold;
        }
    }

    /**
     * The oldest first; when requests have waited longer than the target for an interval, the oldest is answered with a 503, and
     * again after {@code interval / sqrt(n)} with the n-th, until the wait is below the target: RFC 8289, "Controlled Delay
     * Active Queue Management", for requests instead of packets. No request is rejected while at most one other waits.
     *
     * @param target the wait that is accepted, above 0, at most 24 h; in the RFC 5 ms
     * @param interval how long waits are above the target until the first request is rejected, above 0, at most 24 h; in the RFC 100 ms
     */
    record CoDel(Duration target, Duration interval) implements Discipline {

        /** With the values of the RFC. */
        public static final CoDel STANDARD = new CoDel(Duration.ofMillis(5), Duration.ofMillis(100));

        /**
         * Checks the ranges.
         *
         * @throws InvalidScenarioException if a time is out of its range, or the target is not shorter than the interval
         */
        public CoDel {
            Checks.positive("codel target", target);
            Checks.positive("codel interval", interval);
            if (target.compareTo(interval) >= 0) {
                throw new InvalidScenarioException("codel " + Formats.time(target) + " " + Formats.time(interval)
                        + ": the target must be shorter than the interval, as in codel 5ms 100ms");
            }
        }

        @Override
        public String toString() {
            return "codel " + Formats.time(target) + " " + Formats.time(interval);
        }
    }
}
