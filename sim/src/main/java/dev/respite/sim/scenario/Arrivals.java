package dev.respite.sim.scenario;

import java.time.Duration;
import java.util.List;
import java.util.function.DoubleSupplier;

/** The times at which calls begin. Immutable. Two are equal if their texts are. */
public final class Arrivals {

    private final String text;
    private final Form form;
    private final int clients;
    private final Gaps gaps;

    private enum Form {
        ONE_BY_ONE,
        BURST,
        CLOSED
    }

    /** Nanoseconds from now until the next call. */
    @FunctionalInterface
    private interface Gaps {
        long next(int begun, long now, DoubleSupplier uniform);
    }

    private Arrivals(String text, Form form, int clients, Gaps gaps) {
        this.text = text;
        this.form = form;
        this.clients = clients;
        this.gaps = gaps;
    }

    private static Arrivals oneByOne(String text, Gaps gaps) {
        return new Arrivals(text, Form.ONE_BY_ONE, 1, gaps);
    }

    /**
     * {@return calls that know nothing of each other}
     *
     * @param rate calls a second, 0.001 to 10,000,000
     * @throws InvalidScenarioException if the rate is out of its range
     */
    public static Arrivals poisson(double rate) {
        Checks.range("rate", rate, 0.001, 1e7);
        return oneByOne(
                "poisson " + Formats.number(rate) + "/s",
                (begun, now, uniform) -> Math.round(exponential(uniform) / rate * 1e9));
    }

    /**
     * {@return calls at equal distances}
     *
     * @param rate calls a second, 0.001 to 10,000,000
     * @throws InvalidScenarioException if the rate is out of its range
     */
    public static Arrivals even(double rate) {
        Checks.range("rate", rate, 0.001, 1e7);
        // The n-th call is in the middle of the n-th gap, by one multiplication: no rounding adds up.
        return oneByOne(
                "even " + Formats.number(rate) + "/s",
                (begun, now, uniform) -> Math.round((begun + 0.5) / rate * 1e9) - now);
    }

    /**
     * {@return many calls at the same moment, and again after a while} Each is made by a client of its own.
     *
     * @param calls how many, 1 to 10,000,000
     * @param every how long from one burst to the next, above 0, at most 24 h; the first is at 0
     * @throws InvalidScenarioException if a value is out of its range
     */
    public static Arrivals burst(int calls, Duration every) {
        Checks.range("calls", calls, 1, 1e7);
        Checks.positive("every", every);
        String text = "burst " + calls + " every " + Formats.time(every);
        return new Arrivals(text, Form.BURST, calls, (begun, now, uniform) -> every.toNanos());
    }

    /**
     * {@return the calls of users who each wait for their result, think, and call again} Each user is a client.
     *
     * @param users how many, 1 to 10,000,000
     * @param think how long they think; also before their first call
     * @throws InvalidScenarioException if the number is out of its range
     */
    public static Arrivals closed(int users, Distribution think) {
        Checks.range("users", users, 1, 1e7);
        String text = "closed " + users + " think-time " + think;
        return new Arrivals(text, Form.CLOSED, users, (begun, now, uniform) -> think.draw(uniform));
    }

    /**
     * {@return a Poisson process whose rate is linear between points} The first rate holds before the first point, and the last
     * rate holds after the last point. Two points at the same time make a step.
     *
     * @param rates the rates of the points in calls a second, each 0 or from 0.001 to 10,000,000
     * @param times when each of these rates is reached, from the beginning of the run; at least two, in the order of time
     * @throws InvalidScenarioException if there are fewer points, not as many rates as times, they are not in order, a value is out
     *     of its range, or all rates are 0
     */
    public static Arrivals ramp(List<Double> rates, List<Duration> times) {
        RateRamp ramp = RateRamp.of(rates, times);
        return oneByOne(ramp.toString(), (begun, now, uniform) -> ramp.timeOf(exponential(uniform), now) - now);
    }

    private static double exponential(DoubleSupplier uniform) {
        return -StrictMath.log(1 - uniform.getAsDouble());
    }

    /**
     * Returns how long it takes until the next call begins, or the next burst, or the call of a user who thinks now.
     *
     * @param begun the number of calls that have begun
     * @param now nanoseconds from the beginning of the run
     * @param uniform random numbers from 0 to 1, without 1
     * @return nanoseconds from now; if no call begins any more, a number that is greater than any run
     */
    public long nanosToNext(int begun, long now, DoubleSupplier uniform) {
        return gaps.next(begun, now, uniform);
    }

    /** {@return the number of clients unless another is given: the calls of a burst, the users of a closed load, 1 for all others} */
    public int clients() {
        return clients;
    }

    /** {@return whether calls begin in bursts} */
    public boolean isBurst() {
        return form == Form.BURST;
    }

    /** {@return whether each client waits for its result before it calls again} */
    public boolean isClosed() {
        return form == Form.CLOSED;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Arrivals that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** {@return the arrivals as in a scenario file, such as {@code poisson 280/s}} */
    @Override
    public String toString() {
        return text;
    }
}
