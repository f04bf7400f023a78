package dev.respite;

import dev.respite.outcome.Attempt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The work of a call: what each attempt runs. An operation that is given to {@link Retry} may be run more than once.
 *
 * <p>Every operation is also a {@link Callable}, which does the work as its first attempt. Therefore {@link Retry#call}
 * has two overloads only, one more specific than the other, and no caller needs a cast in any language. A lambda without
 * parameters becomes a {@link Simple}, which keeps the type of its checked exception. A variable of type {@code Callable}
 * is used unchanged.
 *
 * @param <T> the type of the value
 * @param <X> the checked exception that the work throws; {@link RuntimeException} where it throws none
 */
@FunctionalInterface
public interface Operation<T extends @Nullable Object, X extends Exception> extends Callable<T> {

    /**
     * Does the work once.
     *
     * @param attempt the attempt
     * @return the value
     * @throws X if the work fails
     */
    T attempt(Attempt attempt) throws X;

    /**
     * Does the work once, as the first attempt.
     *
     * @return the value
     * @throws X if the work fails
     */
    @Override
    default T call() throws X {
        return attempt(Attempt.FIRST);
    }

    /**
     * Work that does not use its attempt.
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
        @Override
        T call() throws X;

        @Override
        default T attempt(Attempt attempt) throws X {
            return call();
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

        @Override
        default @Nullable Void call() throws X {
            run();
            return null;
        }
    }
}
