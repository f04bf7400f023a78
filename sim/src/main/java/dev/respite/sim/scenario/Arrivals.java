package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The times at which calls begin. */
public sealed interface Arrivals
        permits Arrivals.Poisson, Arrivals.Even, Arrivals.Burst, Arrivals.Closed, Arrivals.Ramp, Arrivals.Trace {

    /**
     * Calls that know nothing of each other.
     *
     * @param rate calls a second, above 0
     */
    record Poisson(double rate) implements Arrivals {
        /** Checks the range. */
        public Poisson {
            Checks.range("rate", rate, 0.001, 1e7);
        }

        @Override
        public String toString() {
            return "poisson " + Formats.number(rate) + "/s";
        }
    }

    /**
     * Calls at equal distances.
     *
     * @param rate calls a second, above 0
     */
    record Even(double rate) implements Arrivals {
        /** Checks the range. */
        public Even {
            Checks.range("rate", rate, 0.001, 1e7);
        }

        @Override
        public String toString() {
            return "even " + Formats.number(rate) + "/s";
        }
    }

    /**
     * Many calls at the same moment, and again after a while.
     *
     * @param calls how many
     * @param every how long from one burst to the next; the first is at 0
     */
    record Burst(int calls, Duration every) implements Arrivals {
        /** Checks the ranges. */
        public Burst {
            Checks.range("calls", calls, 1, 1e7);
            Checks.positive("every", every);
        }

        @Override
        public String toString() {
            return "burst " + calls + " every " + Formats.time(every);
        }
    }

    /**
     * Clients that each wait for their answer, think, and call again.
     *
     * @param users how many
     * @param think how long they think; also before their first call
     */
    record Closed(int users, Distribution think) implements Arrivals {
        /** Checks the range. */
        public Closed {
            Checks.range("users", users, 1, 1e7);
        }

        @Override
        public String toString() {
            return "closed " + users + " think-time " + think;
        }
    }

    /**
     * Calls that know nothing of each other, and whose rate changes: a Poisson process whose rate goes in straight lines from point
     * to point. Before the first point the rate is that of the first, after the last that of the last. Two points at the same time
     * make a step.
     *
     * @param points the rates and their times, at least two, in the order of time
     */
    record Ramp(List<Point> points) implements Arrivals {

        /**
         * A rate at a time.
         *
         * @param rate calls a second, 0 to 10,000,000
         * @param at when the rate is reached, from the beginning of the run
         */
        public record Point(double rate, Duration at) {
            /**
             * Checks the ranges.
             *
             * @throws InvalidScenarioException if a number is out of its range
             */
            public Point {
                if (rate != 0) {
                    Checks.range("rate", rate, 0.001, 1e7);
                }
                Checks.time("at", at);
            }

            @Override
            public String toString() {
                return Formats.number(rate) + "/s at " + Formats.time(at);
            }
        }

        /**
         * Checks the points.
         *
         * @throws InvalidScenarioException if there are fewer than two, or they are not in the order of time, or all rates are 0
         */
        public Ramp {
            points = List.copyOf(points);
            if (points.size() < 2) {
                throw new InvalidScenarioException(
                        "a ramp has at least two points, such as 100/s at 0 to 400/s at 60s; for one rate, use poisson");
            }
            if (points.stream().allMatch(point -> point.rate() == 0)) {
                throw new InvalidScenarioException("all rates of the ramp are 0, so no call ever begins; raise one");
            }
            for (int i = 1; i < points.size(); i++) {
                Duration before = points.get(i - 1).at();
                if (points.get(i).at().compareTo(before) < 0) {
                    throw new InvalidScenarioException(
                            "at " + Formats.time(points.get(i).at()) + " comes after " + Formats.time(before)
                                    + "; write the points of a ramp in the order of time");
                }
            }
        }

        /**
         * Returns when so many calls are expected to have begun after a time: the inverse of the rate's integral.
         *
         * @param calls how many, 0 or more, also less than one
         * @param since nanoseconds from the beginning of the run
         * @return nanoseconds from the beginning of the run; {@link Long#MAX_VALUE} if never
         */
        public long timeOf(double calls, long since) {
            double remaining = calls;
            long from = since;
            Point before = points.get(0);
            for (Point next : points) {
                long until = next.at().toNanos();
                if (until > from) {
                    double rate = rate(before, next, from);
                    double seconds = (until - from) / 1e9;
                    double expected = (rate + next.rate()) / 2 * seconds;
                    if (remaining < expected) {
                        return from + nanos(remaining, rate, (next.rate() - rate) / seconds);
                    }
                    remaining -= expected;
                    from = until;
                }
                before = next;
            }
            return before.rate() == 0 ? Long.MAX_VALUE : from + nanos(remaining, before.rate(), 0);
        }

        private static double rate(Point before, Point next, long at) {
            long start = before.at().toNanos();
            long end = next.at().toNanos();
            double done = start == end ? 1 : (at - start) / (double) (end - start);
            return before.rate() + (next.rate() - before.rate()) * done;
        }

        /** The time in which {@code rate · t + slope · t² / 2} calls are expected; this form divides by 0 for no slope. */
        private static long nanos(double calls, double rate, double slope) {
            double root = Math.sqrt(Math.max(0, rate * rate + 2 * slope * calls));
            return calls == 0 ? 0 : Math.round(2 * calls / (rate + root) * 1e9);
        }

        @Override
        public String toString() {
            return "ramp " + points.stream().map(Point::toString).collect(Collectors.joining(" to "));
        }
    }

    /**
     * Calls at given times, such as those of an access log.
     *
     * @param file what messages and reports call the trace: the name of its file
     * @param times when calls begin, from the beginning of the run, at least one, in the order of time; later ones than the run's
     *     duration do not begin
     */
    record Trace(String file, List<Duration> times) implements Arrivals {
        /**
         * Checks the times.
         *
         * @throws InvalidScenarioException if there are none, or one is out of its range, or they are not in the order of time
         */
        public Trace {
            times = List.copyOf(times);
            if (times.isEmpty()) {
                throw new InvalidScenarioException(
                        "trace " + file + ": there are no times in it; give it at least one");
            }
            Duration before = Duration.ZERO;
            for (Duration time : times) {
                Checks.time("trace " + file + ": time", time);
                if (time.compareTo(before) < 0) {
                    throw new InvalidScenarioException("trace " + file + ": " + Formats.time(time) + " comes after "
                            + Formats.time(before) + "; sort the times");
                }
                before = time;
            }
        }

        @Override
        public String toString() {
            return "trace " + file;
        }
    }
}
