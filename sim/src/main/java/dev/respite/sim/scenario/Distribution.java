package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/**
 * A distribution of times: of the work of a server, of the network, or of users who think. Two distributions are equal if their
 * texts are.
 */
public final class Distribution {

    private final String text;
    private final double meanNanos;
    private final ToDoubleFunction<DoubleSupplier> drawNanos;

    private Distribution(String text, double meanNanos, ToDoubleFunction<DoubleSupplier> drawNanos) {
        this.text = text;
        this.meanNanos = meanNanos;
        this.drawNanos = drawNanos;
    }

    /**
     * {@return the distribution of one time}
     *
     * @param time the time, 0 to 24 h
     * @throws InvalidScenarioException if the time is out of its range
     */
    public static Distribution constant(Duration time) {
        Checks.time("time", time);
        double nanos = time.toNanos();
        return new Distribution("constant " + Formats.time(time), nanos, uniform -> nanos);
    }

    /**
     * {@return an exponential distribution}
     *
     * @param mean the mean, 0 to 24 h
     * @throws InvalidScenarioException if the mean is out of its range
     */
    public static Distribution exponential(Duration mean) {
        Checks.time("mean", mean);
        double nanos = mean.toNanos();
        return new Distribution("exponential " + Formats.time(mean), nanos, uniform -> exponential(nanos, uniform));
    }

    /**
     * {@return the distribution of two kinds of operations, each exponential: usual ones, and some that take longer}
     *
     * @param mean the mean of the usual ones, 0 to 24 h
     * @param factor the mean of the others divided by that of the usual ones, 1 to 1,000
     * @param ratio the fraction of the others, from 0 to 1
     * @throws InvalidScenarioException if a value is out of its range
     */
    public static Distribution exponential(Duration mean, double factor, double ratio) {
        Checks.time("mean", mean);
        Checks.range("factor", factor, 1, 1_000);
        Checks.range("ratio", ratio, 0, 1);
        double nanos = mean.toNanos();
        return new Distribution(
                "exponential " + Formats.time(mean) + " " + Formats.number(factor) + "x " + Formats.percent(ratio),
                nanos * (1 - ratio + ratio * factor),
                uniform -> exponential(uniform.getAsDouble() < ratio ? factor * nanos : nanos, uniform));
    }

    private static double exponential(double mean, DoubleSupplier uniform) {
        return -mean * StrictMath.log(1 - uniform.getAsDouble());
    }

    /**
     * {@return a lognormal distribution}
     *
     * @param mean the mean, 0 to 24 h
     * @param sigma the standard deviation of the logarithm, 0 to 5
     * @throws InvalidScenarioException if a value is out of its range
     */
    public static Distribution logNormal(Duration mean, double sigma) {
        Checks.time("mean", mean);
        Checks.range("sigma", sigma, 0, 5);
        double nanos = mean.toNanos();
        return new Distribution(
                "lognormal " + Formats.time(mean) + " " + Formats.number(sigma),
                nanos,
                uniform -> nanos * StrictMath.exp(sigma * normal(uniform) - sigma * sigma / 2));
    }

    /** Draws from the normal distribution, by Box and Muller. */
    private static double normal(DoubleSupplier uniform) {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform.getAsDouble()));
        return radius * StrictMath.cos(2 * Math.PI * uniform.getAsDouble());
    }

    /**
     * {@return the distribution of two times}
     *
     * @param usual the usual time, 0 to 24 h
     * @param other the other time, 0 to 24 h
     * @param ratio the fraction of the other time, from 0 to 1
     * @throws InvalidScenarioException if a value is out of its range
     */
    public static Distribution bimodal(Duration usual, Duration other, double ratio) {
        Checks.time("usual time", usual);
        Checks.time("other time", other);
        Checks.range("ratio", ratio, 0, 1);
        double usualNanos = usual.toNanos();
        double otherNanos = other.toNanos();
        return new Distribution(
                "bimodal " + Formats.time(usual) + " " + Formats.time(other) + " " + Formats.percent(ratio),
                usualNanos * (1 - ratio) + otherNanos * ratio,
                uniform -> uniform.getAsDouble() < ratio ? otherNanos : usualNanos);
    }

    /**
     * Draws a time.
     *
     * @param uniform random numbers from 0 to 1, without 1
     * @return nanoseconds, 0 or more
     */
    public long draw(DoubleSupplier uniform) {
        return Math.round(drawNanos.applyAsDouble(uniform));
    }

    /** {@return the mean in nanoseconds} */
    public double meanNanos() {
        return meanNanos;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Distribution that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** {@return the distribution as in a scenario file, such as {@code exponential 10ms}} */
    @Override
    public String toString() {
        return text;
    }
}
