package dev.respite;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker, as far as a retry needs to know one: for those who bring their own.
 *
 * <p>{@link BreakerPerAttempt} and {@link BreakerPerCall} put one inside or around a {@link Retry}. Whatever was let pass
 * ends in exactly one of {@link #succeeded}, {@link #failed} and {@link #release}; what was refused, in none.
 *
 * <p>Implementations are safe for use by any number of threads, and never block. What they throw, but for the refusal,
 * is reported to the listeners and changes no call.
 */
public interface Breaker {

    /**
     * Acquires permission for an attempt or a call and returns its start time in the breaker's own unit; throws to
     * reject it.
     *
     * @return when it passed, in this breaker's own time and unit; handed back at its end
     */
    long acquire();

    /**
     * What was let pass has a value. Whether that is a good one is for the breaker to say.
     *
     * @param entered what {@link #acquire} returned
     * @param value the value
     */
    void succeeded(long entered, @Nullable Object value);

    /**
     * What was let pass has failed. Never an {@link Error}, an interruption or a cancellation: those say nothing of the
     * target.
     *
     * @param entered what {@link #acquire} returned
     * @param error the failure, without the wrappers that only carry it between threads
     */
    void failed(long entered, Throwable error);

    /** What was let pass was broken off on this side, and says nothing of the target. */
    void release();

    /**
     * Returns whether a failure is a refusal of this very breaker.
     *
     * @param failure the failure of an attempt
     * @return true if {@link #acquire} has thrown it; false for a refusal of another breaker
     */
    boolean isRejection(Throwable failure);

    /**
     * Returns how long this breaker will reject calls. Called after a rejection.
     *
     * @return zero if it would let pass now; empty if it rejects calls until its state is changed by hand
     */
    Optional<Duration> remainingOpenTime();
}
