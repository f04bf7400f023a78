package dev.respite.outcome;

import dev.respite.cause.CauseChain;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The product of one attempt: a value or a failure.
 *
 * @param <T> the type of the value
 */
public sealed interface Outcome<T extends @Nullable Object> permits Outcome.Success, Outcome.Failure {

    /**
     * The attempt ended with a value, which need not be a good one: a 503 response is a value.
     *
     * @param value what the operation returned; may be null if the operation may return null
     * @param <T> the type of the value
     */
    record Success<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /**
     * The attempt ended with a throwable.
     *
     * @param error what the operation threw, as it was thrown
     * @param interrupted whether the interrupt flag of the thread that ran the attempt was set when the throwable was
     *     caught; false for an asynchronous attempt, which has no thread
     * @param <T> the type that the value would have had
     */
    record Failure<T extends @Nullable Object>(Throwable error, boolean interrupted) implements Outcome<T> {
        /** Rejects a missing error. */
        public Failure {
            Objects.requireNonNull(error, "error");
        }

        /**
         * {@return whether the operation was interrupted, and this failure is never retried} That is the case if the chain of
         * causes contains an {@link InterruptedException} or a {@link java.nio.channels.ClosedByInterruptException}. It also is
         * if the chain contains an {@link java.io.InterruptedIOException} of exactly that class without message and cause, or
         * any exception of its family while {@link #interrupted()} is true. Every other exception of that family is a timeout.
         */
        public boolean isInterruption() {
            return CauseChain.first(
                            error,
                            cause -> CauseChain.isInterruption(cause, interrupted)
                                    ? Optional.of(true)
                                    : Optional.empty())
                    .isPresent();
        }

        /**
         * {@return whether the thread that ran the attempt lost its interrupt flag by the throwable, and a blocking driver has
         * to set the flag again} Then the chain of causes contains an {@link InterruptedException} or a {@link
         * java.nio.channels.ClosedByInterruptException} that was thrown on this thread. The cause of a {@link
         * java.util.concurrent.CompletionException} or {@link java.util.concurrent.ExecutionException} was thrown on another.
         */
        public boolean clearedInterruptFlag() {
            return CauseChain.anyClearsFlag(error);
        }
    }

    /**
     * An attempt that returned.
     *
     * @param value the value
     * @param <T> the type of the value
     * @return the outcome
     */
    static <T extends @Nullable Object> Outcome<T> success(T value) {
        return new Success<>(value);
    }

    /**
     * An attempt that threw, on a thread whose interrupt flag was not set, or on none.
     *
     * @param error the throwable
     * @param <T> the type that the value would have had
     * @return the outcome
     */
    static <T extends @Nullable Object> Outcome<T> failure(Throwable error) {
        return failure(error, false);
    }

    /**
     * An attempt that threw, on a thread whose interrupt flag may be set.
     *
     * @param error the throwable
     * @param interrupted whether the interrupt flag was set when the throwable was caught
     * @param <T> the type that the value would have had
     * @return the outcome
     */
    static <T extends @Nullable Object> Outcome<T> failure(Throwable error, boolean interrupted) {
        return new Failure<>(error, interrupted);
    }
}
