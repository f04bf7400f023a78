package dev.respite.budget;

import java.util.function.DoubleSupplier;

/**
 * The retries that a client may make soon. Credit above a floor decays exponentially. Not thread-safe.
 *
 * <p>A fraction of a retry is granted with the probability of that fraction. So the expected number of retries equals the
 * credit of all accounts, for any number of clients.
 */
final class CreditAccount {

    /** The loss of a whole retry by rounding. */
    private static final double TOLERANCE = 1e-9;

    private final double memoryNanos;
    private double value;

    CreditAccount(FleetTerms.Account terms, double value) {
        this.memoryNanos = terms.memory().toNanos();
        this.value = value;
    }

    double value() {
        return value;
    }

    /** Lets the credit above the floor decay. */
    void decay(long nanos, double floor) {
        if (value > floor) {
            value = floor + (value - floor) * StrictMath.exp(-nanos / memoryNanos);
        }
    }

    /** Adds an amount, up to a limit. A value above the limit stays. */
    void add(double amount, double limit) {
        if (value < limit) {
            value = Math.min(limit, value + amount);
        }
    }

    /** Returns whether {@link #take} draws no random number: a whole retry is there, or nothing. */
    boolean isCertain(double price) {
        return value >= price - TOLERANCE || value <= 0;
    }

    /**
     * Takes the price of a retry. If less is there, all of it is taken, and the retry is granted with the probability of its
     * ratio to the price.
     *
     * @return the credit that was taken; negative if the retry is not granted
     */
    double take(double price, DoubleSupplier random) {
        if (value >= price - TOLERANCE) {
            value = Math.max(0, value - price);
            return price;
        }
        double stake = value;
        value = 0;
        return stake > 0 && random.getAsDouble() * price < stake ? stake : -1;
    }
}
