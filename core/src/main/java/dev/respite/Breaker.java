package dev.respite;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adapts a circuit breaker to retries.
 *
 * <p>{@link BreakerPerAttempt} puts one inside a {@link Retry}. An attempt that has acquired permission ends in exactly one of
 * {@link #succeeded}, {@link #failed} and {@link #release}. One that was rejected ends in none of them.
 *
 * <p>Implementations are safe for use by any number of threads, and never block. Their exceptions, except rejections, are
 * reported to the listeners and change no call.
 */
public interface Breaker {

    /**
     * Acquires permission for an attempt and returns its start time in the breaker's own unit; throws to reject it.
     *
     * @return the start time, which is passed to the method that ends the attempt
     */
    long acquire();

    /**
     * Records an attempt or a call that has returned a value. The breaker decides whether that is a success.
     *
     * @param entered the start time that {@link #acquire} returned
     * @param value the value
     */
    void succeeded(long entered, @Nullable Object value);

    /**
     * Records an attempt or a call that has failed. It is never called for an {@link Error}, an interruption or a
     * cancellation.
     *
     * @param entered the start time that {@link #acquire} returned
     * @param error the failure, without the wrappers that only carry it between threads
     */
    void failed(long entered, Throwable error);

    /** Records an attempt or a call that was broken off on this side: it is no sign of the state of the target. */
    void release();

    /**
     * Returns whether a failure is a rejection by this breaker.
     *
     * @param failure the failure of an attempt
     * @return true if {@link #acquire} has thrown it; false for a rejection by another breaker
     */
    boolean isRejection(Throwable failure);

    /**
     * {@return how long this breaker will reject calls: zero if it would let pass now; empty if it rejects calls until its
     * state is changed by hand} Called after a rejection.
     */
    Optional<Duration> remainingOpenTime();
}
