package dev.respite.driver;

import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The result of one attempt of a call that outlives the process: the end of the call, or another attempt later.
 *
 * @param <T> the type of the call's value
 */
public sealed interface AttemptResult<T extends @Nullable Object> permits AttemptResult.Ended, AttemptResult.Again {

    /**
     * The call has ended.
     *
     * @param reason the reason
     * @param outcome the last outcome, as the attempt produced it
     * @param history the history of the call in every process
     * @param <T> the type of the call's value
     */
    record Ended<T extends @Nullable Object>(StopReason reason, Outcome<T> outcome, History history)
            implements AttemptResult<T> {}

    /**
     * The call makes its next attempt after a delay. Nothing of the last outcome is held.
     *
     * @param state the state to store until then, and to pass to the next attempt
     * @param delay the delay
     * @param <T> the type of the call's value
     */
    record Again<T extends @Nullable Object>(CallState state, Duration delay) implements AttemptResult<T> {

        /**
         * {@return whether the budget has rejected the retry} The next attempt then queries the budget again before it runs,
         * and is deferred once more if it is rejected.
         */
        public boolean isDeferred() {
            return state.payment().deferred().isPresent();
        }
    }
}
