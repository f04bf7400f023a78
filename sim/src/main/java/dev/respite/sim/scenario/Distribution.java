package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long something takes: a distribution of times. The same numbers give the same times on every JDK: what is not exact
 * is computed by {@link StrictMath}.
 */
public sealed interface Distribution
        permits Distribution.Constant,
                Distribution.Exponential,
                Distribution.HyperExponential,
                Distribution.LogNormal,
                Distribution.Bimodal {

    /**
     * Draws a time.
     *
     * @param uniform numbers drawn uniformly from [0, 1)
     * @return nanoseconds, not negative
     */
    long draw(DoubleSupplier uniform);

    /**
     * The mean.
     *
     * @return nanoseconds
     */
    double meanNanos();

    /**
     * The same time always.
     *
     * @param time the time
     */
    record Constant(Duration time) implements Distribution {
        /** Checks the range. */
        public Constant {
            Checks.time("time", time);
        }

        @Override
        public long draw(DoubleSupplier uniform) {
            return time.toNanos();
        }

        @Override
        public double meanNanos() {
            return time.toNanos();
        }

        @Override
        public String toString() {
            return "constant " + Formats.time(time);
        }
    }

    /**
     * Times without memory: {@code −mean · ln(1 − u)}.
     *
     * @param mean the mean
     */
    record Exponential(Duration mean) implements Distribution {
        /** Checks the range. */
        public Exponential {
            Checks.time("mean", mean);
        }

        @Override
        public long draw(DoubleSupplier uniform) {
            return Math.round(-mean.toNanos() * StrictMath.log(1 - uniform.getAsDouble()));
        }

        @Override
        public double meanNanos() {
            return mean.toNanos();
        }

        @Override
        public String toString() {
            return "exponential " + Formats.time(mean);
        }
    }

    /**
     * Times without memory, of two kinds of operations: those of one kind take longer than those of the other, by a factor.
     * The mean of all is {@code mean · (1 − part + part · factor)}.
     *
     * @param mean the mean of the shorter kind
     * @param factor how many times as long the mean of the other kind is, from 1 to 1000
     * @param part how often an operation is of the other kind, from 0 to 1
     */
    record HyperExponential(Duration mean, double factor, double part) implements Distribution {
        /** Checks the ranges. */
        public HyperExponential {
            Checks.time("mean", mean);
            Checks.range("factor", factor, 1, 1_000);
            Checks.range("ratio", part, 0, 1);
        }

        @Override
        public long draw(DoubleSupplier uniform) {
            double drawn = uniform.getAsDouble() < part ? factor * mean.toNanos() : mean.toNanos();
            return Math.round(-drawn * StrictMath.log(1 - uniform.getAsDouble()));
        }

        @Override
        public double meanNanos() {
            return mean.toNanos() * (1 - part + part * factor);
        }

        @Override
        public String toString() {
            return "exponential " + Formats.time(mean) + " " + Formats.number(factor) + "x " + Formats.percent(part);
        }
    }

    /**
     * Times with a long tail: the median times {@code e^(sigma · z)}, with z from a standard normal distribution (by Box and
     * Muller's transform). The median is {@code mean · e^(−sigma²/2)}.
     *
     * @param mean the mean
     * @param sigma the deviation of the logarithm, from 0 to 5: with 1, one time in a hundred is ten times the median
     */
    record LogNormal(Duration mean, double sigma) implements Distribution {
        /** Checks the ranges. */
        public LogNormal {
            Checks.time("mean", mean);
            Checks.range("sigma", sigma, 0, 5);
        }

        @Override
        public long draw(DoubleSupplier uniform) {
            return Math.round(mean.toNanos() * StrictMath.exp(sigma * normal(uniform) - sigma * sigma / 2));
        }

        @Override
        public double meanNanos() {
            return mean.toNanos();
        }

        @Override
        public String toString() {
            return "lognormal " + Formats.time(mean) + " " + Formats.number(sigma);
        }

        /**
         * Draws from the standard normal distribution, by Box and Muller.
         *
         * @param uniform draws from 0 to below 1
         * @return the number
         */
        public static double normal(DoubleSupplier uniform) {
            double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform.getAsDouble()));
            return radius * StrictMath.cos(2 * Math.PI * uniform.getAsDouble());
        }
    }

    /**
     * Two times: one usually, the other for a part.
     *
     * @param usual the usual time
     * @param other the other time
     * @param part how often the other, from 0 to 1
     */
    record Bimodal(Duration usual, Duration other, double part) implements Distribution {
        /** Checks the ranges. */
        public Bimodal {
            Checks.time("usual time", usual);
            Checks.time("other time", other);
            Checks.range("ratio", part, 0, 1);
        }

        @Override
        public long draw(DoubleSupplier uniform) {
            return (uniform.getAsDouble() < part ? other : usual).toNanos();
        }

        @Override
        public double meanNanos() {
            return usual.toNanos() * (1 - part) + other.toNanos() * part;
        }

        @Override
        public String toString() {
            return "bimodal " + Formats.time(usual) + " " + Formats.time(other) + " " + Formats.percent(part);
        }
    }

    /**
     * The same time always.
     *
     * @param time the time
     * @return the distribution
     */
    static Distribution constant(Duration time) {
        return new Constant(time);
    }

    /**
     * Times without memory.
     *
     * @param mean the mean
     * @return the distribution
     */
    static Distribution exponential(Duration mean) {
        return new Exponential(mean);
    }

    /**
     * Times without memory, of two kinds of operations: {@code exponential(2.7 ms, 10, 0.3)} has the mean 2.7 ms for 70 % of
     * the operations and 27 ms for 30 %, which is 9.99 ms for all.
     *
     * @param mean the mean of the shorter kind
     * @param factor how many times as long the mean of the other kind is, from 1 to 1000
     * @param part how often an operation is of the other kind, from 0 to 1
     * @return the distribution
     */
    static Distribution exponential(Duration mean, double factor, double part) {
        return new HyperExponential(mean, factor, part);
    }

    /**
     * Times with a long tail.
     *
     * @param mean the mean
     * @param sigma the deviation of the logarithm, from 0 to 5
     * @return the distribution
     */
    static Distribution logNormal(Duration mean, double sigma) {
        return new LogNormal(mean, sigma);
    }

    /**
     * Two times.
     *
     * @param usual the usual time
     * @param other the other time
     * @param part how often the other, from 0 to 1
     * @return the distribution
     */
    static Distribution bimodal(Duration usual, Duration other, double part) {
        return new Bimodal(usual, other, part);
    }
}
