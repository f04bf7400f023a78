package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A rate of calls that is linear between points. The first rate holds before the first point, and the last rate holds after the
 * last point. Two points at the same time make a step.
 *
 * @param points the rates and their times, at least two, in the order of time
 */
record RateRamp(List<Point> points) {

    /** A rate of calls a second, 0 to 10,000,000, and the time from the beginning of the run at which it is reached. */
    record Point(double rate, Duration at) {
        /**
         * Checks the ranges.
         *
         * @throws InvalidScenarioException if a number is out of its range
         */
        Point {
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
    RateRamp {
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

    static RateRamp of(List<Double> rates, List<Duration> times) {
        if (rates.size() != times.size()) {
            throw new InvalidScenarioException("a ramp has " + rates.size() + " rates and " + times.size()
                    + " times; give each rate the time at which it is reached");
        }
        return new RateRamp(IntStream.range(0, rates.size())
                .mapToObj(number -> new Point(rates.get(number), times.get(number)))
                .toList());
    }

    /**
     * Returns when so many calls are expected to have begun after a time: the inverse of the rate's integral.
     *
     * @param calls how many, 0 or more, also less than one
     * @param since nanoseconds from the beginning of the run
     * @return nanoseconds from the beginning of the run; {@link Long#MAX_VALUE} if never
     */
    long timeOf(double calls, long since) {
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
