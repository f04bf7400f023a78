package dev.respite.budget;

import dev.respite.policy.FleetSpec;
import java.util.function.DoubleSupplier;

/**
 * Retries that a client may make soon: what it has beyond a floor is forgotten exponentially. Not thread-safe.
 *
 * <p>A fraction of a retry is granted by lot. So the expected number of retries is what is in the accounts, whatever the number
 * of clients among which it is divided.
 */
final class CreditAccount {

    /** What rounding may take from a whole retry. */
    private static final double TOLERANCE = 1e-9;

    private final double memoryNanos;
    private double value;

    CreditAccount(FleetSpec.Account spec, double value) {
        this.memoryNanos = spec.memory().toNanos();
        this.value = value;
    }

    double value() {
        return value;
    }

    /** Forgets a part of what is above the floor. */
    void decay(long nanos, double floor) {
        if (value > floor) {
            value = floor + (value - floor) * StrictMath.exp(-nanos / memoryNanos);
        }
    }

    /** Adds an amount, up to a limit. What is above the limit already stays. */
    void add(double amount, double limit) {
        if (value < limit) {
            value = Math.min(limit, value + amount);
        }
    }

    /** Returns whether {@link #take} needs no lot: a whole retry is there, or nothing. */
    boolean isCertain(double price) {
        return value >= price - TOLERANCE || value <= 0;
    }

    /**
     * Takes the price of a retry. If less is there, all of it is taken, and buys the retry with the probability of its part in
     * the price.
     *
     * @return what was paid; negative if the retry is not granted
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
