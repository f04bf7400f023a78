package dev.respite.outcome;

import java.time.Duration;

/**
 * The progress of a call: the number of the attempt, the time since the call began and the last backoff. A decision needs no
 * other state.
 *
 * @param number which try this is; the first is 1
 * @param elapsedNanos nanoseconds since the call began, not negative. For a policy without a total timeout it is 0 in a
 *     decision, since then nothing needs the clock; events have the time in any case
 * @param lastBackoffNanos the policy's own delay before this attempt, in nanoseconds, not negative; 0 before the first. A delay
 *     that was lengthened by a server's hint counts here as it was before the hint
 */
public record Attempt(int number, long elapsedNanos, long lastBackoffNanos) {

    /** The first attempt of every call, as it starts. */
    public static final Attempt FIRST = new Attempt(1, 0, 0);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the number is below 1 or a time is negative
     */
    public Attempt {
        if (number < 1 || elapsedNanos < 0 || lastBackoffNanos < 0) {
            throw new IllegalArgumentException("attempt " + number + ", elapsed " + elapsedNanos + " ns, last backoff "
                    + lastBackoffNanos + " ns: attempts count from 1 and times are not negative");
        }
    }

    /**
     * This attempt, seen later.
     *
     * @param elapsedNanos nanoseconds since the call began
     * @return the same attempt at that time
     */
    public Attempt at(long elapsedNanos) {
        return elapsedNanos == this.elapsedNanos ? this : new Attempt(number, elapsedNanos, lastBackoffNanos);
    }

    /**
     * The attempt that follows this one.
     *
     * @param elapsedNanos nanoseconds since the call began, when the next attempt starts
     * @param backoffNanos the policy's own delay that led to it, in nanoseconds
     * @return the next attempt
     */
    public Attempt next(long elapsedNanos, long backoffNanos) {
        return new Attempt(number + 1, elapsedNanos, backoffNanos);
    }

    /**
     * {@return the time since the call began, {@link #elapsedNanos()} as a duration; zero in decisions of a policy without a
     * total timeout}
     */
    public Duration elapsed() {
        return Duration.ofNanos(elapsedNanos);
    }
}
