package dev.respite;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import java.time.Duration;

/** An event of a call, with the values that are needed to report it. */
public sealed interface RetryEvent
        permits RetryEvent.AttemptFailed,
                RetryEvent.BudgetWaitEnded,
                RetryEvent.CallEnded,
                RetryEvent.FirstAttemptSucceeded,
                RetryEvent.CallbackFailed {

    /** {@return the name of the {@link Retry} that the call was made with} */
    String name();

    /**
     * An attempt has ended with something that was not accepted.
     *
     * @param name the name of the retry
     * @param attempt the attempt, at the time when it ended
     * @param outcome its outcome
     * @param kind the kind of error
     * @param decision the decision on that; a call whose retry the budget rejects, and that waits for it, has the delay before
     *     that wait
     * @param multiplied whether the call retries though a call that began in this attempt has given up there: retries multiply
     */
    record AttemptFailed(
            String name, Attempt attempt, Outcome<?> outcome, ErrorKind kind, Decision<?> decision, boolean multiplied)
            implements RetryEvent {}

    /**
     * A call has waited for its budget, which had rejected a retry, and waits no longer.
     *
     * @param name the name of the retry
     * @param attempt the attempt that failed before the delay and the wait, as it began
     * @param waited how long the call has waited, after its delay
     * @param result how the wait ended
     */
    record BudgetWaitEnded(String name, Attempt attempt, Duration waited, Result result) implements RetryEvent {

        /** The result of a wait for the budget. */
        public enum Result {
            /** Successes of other calls have released the call, which makes its retry now. */
            RELEASED,
            /** The time was up; the call ends with {@link StopReason#BUDGET_EXHAUSTED}. */
            EXPIRED,
            /** The caller broke the call off, or its thread was interrupted, or a scheduler was shut down. */
            CANCELLED
        }
    }

    /**
     * A call has ended. Each call ends once, whether it succeeded or not. If it succeeded at its first attempt, only a
     * listener of {@link RetryListener.Interest#HISTORY} gets this event.
     *
     * @param name the name of the retry
     * @param reason why it ended
     * @param outcome the outcome that the caller gets
     * @param history the history of the call
     */
    record CallEnded(String name, StopReason reason, Outcome<?> outcome, History history) implements RetryEvent {}

    /**
     * A call has succeeded at its first attempt: sent to listeners of {@link RetryListener.Interest#COUNTS} only, in place of
     * {@link CallEnded}.
     *
     * @param name the name of the retry
     */
    record FirstAttemptSucceeded(String name) implements RetryEvent {}

    /**
     * Code that was given to Respite has thrown: a classifier, a backoff, or the {@code close} of a value that was
     * thrown away. The documentation of the callback describes how the call proceeds. A rejected HTTP response whose {@code
     * Retry-After} cannot be read is reported likewise; the call proceeds without that hint.
     *
     * @param name the name of the retry
     * @param callback which of them, as {@code classifier} or {@code backoff}; {@code Retry-After} for that header field
     * @param error the exception that it threw, or one that quotes at most 100 characters of the header field
     */
    record CallbackFailed(String name, String callback, Throwable error) implements RetryEvent {}
}
