package dev.respite.sim;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long something takes: a distribution of times. The same numbers give the same times on every JDK: what is not exact
 * is computed by {@link StrictMath}.
 */
public sealed interface Distribution
        permits Distribution.Constant, Distribution.Exponential, Distribution.LogNormal, Distribution.Bimodal {

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
        /**
         * Checks the range.
         *
         * @param time as the record has it
         */
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
            return "constant " + Texts.time(time);
        }
    }

    /**
     * Times without memory: {@code −mean · ln(1 − u)}.
     *
     * @param mean the mean
     */
    record Exponential(Duration mean) implements Distribution {
        /**
         * Checks the range.
         *
         * @param mean as the record has it
         */
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
            return "exponential " + Texts.time(mean);
        }
    }

    /**
     * Times with a long tail: the median times {@code e^(sigma · z)}, with z from a standard normal distribution (by Box and
     * Muller's transform).
     *
     * @param median the median
     * @param sigma the deviation of the logarithm, from 0 to 5: with 1, one time in a hundred is ten times the median
     */
    record LogNormal(Duration median, double sigma) implements Distribution {
        /**
         * Checks the ranges.
         *
         * @param median as the record has it
         * @param sigma as the record has it
         */
        public LogNormal {
            Checks.time("median", median);
            Checks.range("sigma", sigma, 0, 5);
        }

        @Override
        public long draw(DoubleSupplier uniform) {
            return Math.round(median.toNanos() * StrictMath.exp(sigma * normal(uniform)));
        }

        @Override
        public double meanNanos() {
            return median.toNanos() * StrictMath.exp(sigma * sigma / 2);
        }

        @Override
        public String toString() {
            return "lognormal " + Texts.time(median) + " " + Texts.number(sigma);
        }

        static double normal(DoubleSupplier uniform) {
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
        /**
         * Checks the ranges.
         *
         * @param usual as the record has it
         * @param other as the record has it
         * @param part as the record has it
         */
        public Bimodal {
            Checks.time("usual time", usual);
            Checks.time("other time", other);
            Checks.range("part", part, 0, 1);
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
            return "bimodal " + Texts.time(usual) + " " + Texts.time(other) + " " + Texts.percent(part);
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
     * Times with a long tail.
     *
     * @param median the median
     * @param sigma the deviation of the logarithm, from 0 to 5
     * @return the distribution
     */
    static Distribution logNormal(Duration median, double sigma) {
        return new LogNormal(median, sigma);
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
