package dev.respite.driver;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * Runs the attempts of calls that outlive the process, one at a time: for drivers that keep the state of a call in a store, and
 * wait there. It is the engine of a retry, with its classification, limits, hints, budget, counts and events.
 *
 * <pre>{@code
 * ResumableRetry retry = Retry.of(policy).driver().resumable();
 * CallState state = retry.begin();
 * AttemptResult<Receipt> result = retry.attempt(state, attempt -> payments.send(order));
 * // Again: store its state, and attempt again after its delay. Ended: the call is over.
 * }</pre>
 *
 * <p>Two things differ from a call in memory. The time since the beginning is measured by the wall clock, since no monotonic
 * clock survives a process; a clock that is set back counts as no time. And a retry that the budget rejects is deferred: it is
 * due again after the policy's backoff, which grows with each deferral. Then the pace of deferred retries or the budget must permit it.
 * A deferral is no attempt; the total timeout ends it.
 *
 * <p>The pace lets deferred retries go on one by one, and faster while they succeed. After an outage there may be no other calls whose
 * successes would pay for them.
 *
 * <p>Safe for use by any number of threads.
 */
public interface ResumableRetry {

    /**
     * The work of one attempt.
     *
     * @param <T> the type of the value
     */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {

        /**
         * Does the work once.
         *
         * @param attempt the attempt
         * @return the value
         * @throws Exception if the work fails
         */
        T attempt(Attempt attempt) throws Exception;
    }

    /**
     * {@return a runner whose calls end with {@link StopReason#BUDGET_EXHAUSTED} if the budget rejects a retry, as calls in memory
     * do}
     */
    ResumableRetry withoutDeferral();

    /**
     * Returns the state of a call that begins now.
     *
     * @return the state before the first attempt
     */
    CallState begin();

    /**
     * Runs one attempt on this thread and decides what follows, as a blocking call does. If the retry was deferred and the budget
     * rejects it again, the work does not run.
     *
     * @param state the state after the last attempt
     * @param work the work
     * @param <T> the type of the value
     * @return the end of the call, or its next state
     */
    <T extends @Nullable Object> AttemptResult<T> attempt(CallState state, Work<T> work);

    /**
     * Runs one attempt as {@link #attempt} does, and interrupts it when its time is up.
     *
     * @param state the state after the last attempt
     * @param work the work, which ends when its thread is interrupted
     * @param <T> the type of the value
     * @return the end of the call, or its next state
     */
    <T extends @Nullable Object> AttemptResult<T> attemptWithInterrupt(CallState state, Work<T> work);

    /**
     * Returns the number of deferred retries that the pace permits now. A driver that queries it begins so many of the retries that have
     * waited longest, and need not try each of them when its delay is over.
     *
     * @return 0 or more, as an estimate; {@link Integer#MAX_VALUE} without a budget
     */
    int deferredRetriesLeft();

    /**
     * Decides what follows an attempt that failed elsewhere, and that this process has not run: an attempt of a process that was
     * killed, for example. A retry that was deferred before that attempt has been granted there.
     *
     * @param state the state before the attempt
     * @param failure the failure of the attempt
     * @param <T> the type of the value
     * @return the end of the call, or its next state
     */
    <T extends @Nullable Object> AttemptResult<T> failedElsewhere(CallState state, Throwable failure);
}
