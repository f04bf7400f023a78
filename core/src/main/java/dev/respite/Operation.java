package dev.respite;

import dev.respite.policy.Attempt;
import org.jspecify.annotations.Nullable;

/**
 * The work of a call: what each attempt runs.
 *
 * <p>Whoever hands an operation to {@link Retry} says by that that it may be run more than once.
 *
 * @param <T> the type of the value
 * @param <X> the checked exception that the work throws; {@link RuntimeException} where it throws none
 */
@FunctionalInterface
public interface Operation<T extends @Nullable Object, X extends Exception> {

    /**
     * Does the work once.
     *
     * @param attempt how far the call has got
     * @return the value
     * @throws X if the work fails
     */
    T attempt(Attempt attempt) throws X;

    /**
     * Work that does not look at its attempt.
     *
     * @param <T> the type of the value
     * @param <X> the checked exception that the work throws
     */
    @FunctionalInterface
    interface Simple<T extends @Nullable Object, X extends Exception> extends Operation<T, X> {

        /**
         * Does the work once.
         *
         * @return the value
         * @throws X if the work fails
         */
        T attempt() throws X;

        @Override
        default T attempt(Attempt attempt) throws X {
            return attempt();
        }
    }

    /**
     * Work that has no value.
     *
     * @param <X> the checked exception that the work throws
     */
    @FunctionalInterface
    interface Action<X extends Exception> extends Operation<@Nullable Void, X> {

        /**
         * Does the work once.
         *
         * @throws X if the work fails
         */
        void run() throws X;

        @Override
        default @Nullable Void attempt(Attempt attempt) throws X {
            run();
            return null;
        }
    }
}
