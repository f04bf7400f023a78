package dev.respite;

import dev.respite.outcome.Attempt;
import dev.respite.policy.RetryPolicy;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The work of an asynchronous call: what each attempt starts.
 *
 * <p>An attempt fails if the work throws, if its stage fails, or if there is no stage. An operation that is given to
 * {@link Retry} may be run more than once.
 *
 * @param <T> the type of the value
 */
@FunctionalInterface
public interface AsyncOperation<T extends @Nullable Object> {

    /**
     * Starts the work once.
     *
     * @param attempt the attempt
     * @return the stage that completes when the work is done; it is cancelled if the call is broken off
     * @throws Exception if the work could not be started
     */
    CompletionStage<? extends T> attempt(Attempt attempt) throws Exception;

    /**
     * Returns whether this operation itself ends each attempt in its {@linkplain RetryPolicy#timeoutOf time}; if not, the driver
     * does, by cancelling the stage.
     *
     * @return true if it does; false unless it is overridden
     */
    default boolean enforcesTimeout() {
        return false;
    }

    /**
     * Asynchronous work that does not use its attempt.
     *
     * @param <T> the type of the value
     */
    @FunctionalInterface
    interface Simple<T extends @Nullable Object> extends AsyncOperation<T> {

        /**
         * Starts the work once.
         *
         * @return the stage that completes when the work is done
         * @throws Exception if the work could not be started
         */
        CompletionStage<? extends T> attempt() throws Exception;

        @Override
        default CompletionStage<? extends T> attempt(Attempt attempt) throws Exception {
            return attempt();
        }
    }
}
