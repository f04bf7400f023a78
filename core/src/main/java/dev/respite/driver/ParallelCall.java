package dev.respite.driver;

import dev.respite.budget.RetryBudget.Grant;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call of a retry whose attempts run side by side, with the steps of the engine: verdicts, decisions, payments, counts and
 * events. It is for one thread at a time, except {@link #inContext}, {@link #attempt} and the accessors that do not change.
 *
 * @param <T> the type of the call's value
 */
public interface ParallelCall<T extends @Nullable Object> {

    /** {@return the policy of the call} */
    RetryPolicy policy();

    /** {@return the time in which the call lives} */
    TimeSource time();

    /**
     * Wraps a task so that it runs in the context of this thread.
     *
     * @param task a task that may run any number of times
     * @return the task in its context
     */
    Runnable inContext(Runnable task);

    /** {@return the number of attempts that have begun, 1 or more} */
    int attempts();

    /** {@return the time that the call has taken so far, in nanoseconds; 0 where nothing needs the time} */
    long elapsedNanos();

    /**
     * {@return an attempt that has not begun} Safe for use by any thread.
     *
     * @param number its number, from 1
     */
    ParallelAttempt<T> attempt(int number);

    /**
     * {@return the verdict on the outcome of an attempt, and counts an error}
     *
     * @param outcome the outcome
     */
    Verdict classify(Outcome<T> outcome);

    /**
     * Decides what follows the end of an attempt, if its retry can be paid. The policy counts the attempts that were made,
     * whichever of them has ended.
     *
     * @param ended the attempt
     * @param outcome its outcome
     * @param verdict the verdict on that
     * @return the decision
     */
    Decision<T> decide(ParallelAttempt<T> ended, Outcome<T> outcome, Verdict verdict);

    /**
     * Requests the retry of an attempt from the budget.
     *
     * @param failed the attempt, after {@link #decide}
     * @param kind the kind of its error
     * @return the grant; empty if the budget rejects the retry
     */
    Optional<Grant> acquireRetry(ParallelAttempt<T> failed, ErrorKind kind);

    /**
     * Requests an attempt beside a slow one from the budget.
     *
     * @return the grant; empty if the budget rejects the attempt
     */
    Optional<Grant> acquireHedge();

    /** Counts an attempt that another limit than the budget has rejected. */
    void rejected();

    /** Returns a grant to the budget, since its attempt is not made. */
    void refund(Grant grant);

    /**
     * Records that an attempt after the first has begun.
     *
     * @param kind the kind of error that is retried, or {@link dev.respite.budget.RetryBudgets#HEDGE} for an attempt beside a slow
     *     one
     */
    void attemptBegan(ErrorKind kind);

    /** Counts the delay before a retry, in nanoseconds. */
    void delayed(long nanos);

    /** Publishes the end of an attempt, after {@link #decide}. */
    void attemptEnded(ParallelAttempt<T> ended, Outcome<T> outcome, Verdict verdict, Decision<T> decision);

    /** Cancels an attempt that runs, since the call ends, and publishes that. */
    void cancel(ParallelAttempt<T> running);

    /** Keeps the outcome of the last attempt for the case that no further one can be made, and closes or detaches the rest. */
    void retain(Outcome<T> outcome);

    /**
     * {@return the outcome that was kept}
     *
     * @param reason why no further attempt is made
     */
    Outcome<T> takeRetained(StopReason reason);

    /** Closes the value of an outcome that no caller receives. */
    void discard(Outcome<T> outcome);

    /** Ends the call by its last decision, with the outcome that the caller gets: counts and publishes that. */
    void end(Decision<T> last, Outcome<T> outcome);

    /** Records for the calls that enclose this one that it has given up, if it has. */
    void recordGivenUp(Decision<T> last);
}
