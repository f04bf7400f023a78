package dev.respite.policy;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt produced: a value or a failure.
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
     * @param <T> the type that the value would have had
     */
    record Failure<T extends @Nullable Object>(Throwable error) implements Outcome<T> {
        /**
         * Refuses a missing error.
         *
         * @param error as the record has it
         */
        public Failure {
            Objects.requireNonNull(error, "error");
        }
    }

    /**
     * An attempt that returned.
     *
     * @param value what it returned
     * @param <T> the type of the value
     * @return the outcome
     */
    static <T extends @Nullable Object> Outcome<T> success(T value) {
        return new Success<>(value);
    }

    /**
     * An attempt that threw.
     *
     * @param error what it threw
     * @param <T> the type that the value would have had
     * @return the outcome
     */
    static <T extends @Nullable Object> Outcome<T> failure(Throwable error) {
        return new Failure<>(error);
    }
}
