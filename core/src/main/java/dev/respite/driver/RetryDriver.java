package dev.respite.driver;

import dev.respite.budget.RetryBudget;
import dev.respite.outcome.Classifier;
import dev.respite.time.TimeSource;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A retry as seen by the modules that run the calls of one protocol, store calls, or defer warnings. Immutable, and safe for use by
 * any number of threads. Each retry that a method returns shares the budget and the counts.
 *
 * @param <R> the type of the retry
 */
public interface RetryDriver<R> {

    /** {@return the retry with the classifier of a driver, which is assumed to enforce attempt timeouts} */
    R withClassifier(Classifier classifier);

    /**
     * {@return the retry for one call: with the classifier of a driver, another time, and a hook for values that are retried} The
     * budget keeps the clock and the random numbers that it has.
     *
     * <p>Before a delay, the hook releases a value and replaces it, for example by a copy without its connection. The call returns
     * the copy if it ends in that delay, because its thread is interrupted or an executor rejects the next attempt. Values of
     * another type are closed instead if they are {@link AutoCloseable}, and so is a value whose hook throws, which is reported.
     * A call that ends in the delay after that throws a {@code ValueReleasedException}. The hook runs on the thread on which the
     * attempt ended, after the listeners.
     *
     * @param type the class of the values for which the hook is
     * @param hook returns a value that holds no connection or other scarce resource
     */
    <V> R forCall(Classifier classifier, Class<V> type, UnaryOperator<V> hook, TimeSource time);

    /**
     * {@return the retry with the budget of one of its targets, which warnings name}
     *
     * @param target such as {@code https://api.example.com:443}
     */
    R withBudget(RetryBudget budget, String target);

    /**
     * {@return the retry, which logs warnings from now on} Logs the warnings of its policy now. For a retry that was created without
     * warnings before its policy was complete.
     */
    R withWarnings();

    /** {@return whether the budget was made for the retry, as its policy specifies, and not given by {@code withBudget}} */
    boolean hasOwnBudget();

    /**
     * Publishes that code which was given to Respite has thrown.
     *
     * @param callback the callback, such as {@code budget}
     */
    void callbackFailed(String callback, Throwable error);

    /**
     * {@return the runner of calls that outlive the process}
     *
     * @throws IllegalArgumentException if the policy has a {@code budget-wait}, which waits in memory
     */
    ResumableRetry resumable();

    /**
     * Begins a call, on this thread, whose attempts run side by side.
     *
     * @param enforcesTimeout whether the operation itself ends each attempt in its time
     * @param marked whether {@code NestedRetries.isHedged} returns true where an attempt is started
     * @return the call, whose first attempt has not begun
     */
    <T extends @Nullable Object> ParallelCall<T> parallelCall(
            ResumableRetry.Work<? extends CompletionStage<? extends T>> operation,
            boolean enforcesTimeout,
            boolean marked);
}
