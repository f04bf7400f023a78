package dev.respite.outcome;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The decision after an attempt: return, throw, or retry after a delay.
 *
 * @param <T> the type of the call's value
 */
public sealed interface Decision<T extends @Nullable Object>
        permits Decision.Return, Decision.Throw, Decision.RetryAfter {

    /**
     * End the call with a value. The reason distinguishes an accepted value from a rejected one.
     *
     * @param value the last outcome's value
     * @param reason why the call ends
     * @param <T> the type of the call's value
     */
    record Return<T extends @Nullable Object>(T value, StopReason reason) implements Decision<T> {}

    /**
     * End the call with the last failure, as it is.
     *
     * @param error the last outcome's error
     * @param reason why the call ends
     * @param <T> the type that the call's value would have had
     */
    record Throw<T extends @Nullable Object>(Throwable error, StopReason reason) implements Decision<T> {}

    /**
     * The call waits for the delay, then makes another attempt.
     *
     * @param delayNanos how long to wait, in nanoseconds, not negative
     * @param backoffNanos the policy's own part of it, before a server's hint: what {@link Attempt#lastBackoffNanos()}
     *     of the next attempt is
     * @param kind the kind of error that is retried
     * @param <T> the type of the call's value
     */
    record RetryAfter<T extends @Nullable Object>(long delayNanos, long backoffNanos, ErrorKind kind)
            implements Decision<T> {

        /** {@return the delay, {@link #delayNanos()} as a duration} */
        public Duration delay() {
            return Duration.ofNanos(delayNanos);
        }
    }

    /**
     * End the call with its last outcome, whatever that was.
     *
     * @param outcome the last outcome
     * @param reason why the call ends
     * @param <T> the type of the call's value
     * @return {@link Return} for a value, {@link Throw} for a failure
     */
    static <T extends @Nullable Object> Decision<T> stop(Outcome<T> outcome, StopReason reason) {
        if (outcome instanceof Outcome.Failure<T> failure) {
            return new Throw<>(failure.error(), reason);
        }
        return new Return<>(((Outcome.Success<T>) outcome).value(), reason);
    }
}
