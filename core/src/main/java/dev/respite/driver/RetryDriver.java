package dev.respite.driver;

import dev.respite.budget.RetryBudget;
import dev.respite.outcome.Classifier;
import dev.respite.time.TimeSource;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A retry as its drivers see it: the modules that run the calls of one protocol, store calls, or show warnings elsewhere. The
 * methods called {@code with…} return another retry, which shares the budget and the counts.
 *
 * <p>Immutable, and safe for use by any number of threads.
 *
 * @param <R> the type of the retry
 */
public interface RetryDriver<R> {

    /**
     * {@return the retry with the classifier of a driver, and assumes that the driver enforces attempt timeouts}
     *
     * @param classifier the classifier
     */
    R withClassifier(Classifier classifier);

    /**
     * {@return the retry with a hook that detaches a rejected value from its resources, before the delay that follows it}
     *
     * <p>A value that is retried holds nothing while the call waits. Without a hook it is closed before the delay if it
     * is {@link AutoCloseable}. A call may end in its delay, because its thread is interrupted or an executor rejects the next
     * attempt. It then has no value left and ends with a {@code ValueReleasedException}. With a hook the call returns the
     * detached value in that case, for example a copy without its connection.
     *
     * <p>The hook runs on the thread on which the attempt ended, after the listeners. It releases the value itself: the
     * value is not closed. If the hook throws, that is reported and the value is closed as if there were no hook. A value of
     * another type is treated as without a hook, and a later hook replaces an earlier one.
     *
     * @param type the class of the values for which the hook is
     * @param hook returns the detached value, which must hold no connection or other scarce resource
     * @param <V> the type of the values
     */
    <V> R withDetachedValues(Class<V> type, UnaryOperator<V> hook);

    /**
     * Returns the retry for one call: as by {@link #withClassifier}, {@link #withDetachedValues} and {@code withTime}, for which
     * each call of a driver would make three retries. The budget keeps the clock and the random numbers that it has.
     *
     * @param classifier the classifier
     * @param type the class of the values for which the hook is
     * @param hook returns the detached value
     * @param time the time
     * @param <V> the type of the values
     * @return the retry
     */
    <V> R forCall(Classifier classifier, Class<V> type, UnaryOperator<V> hook, TimeSource time);

    /**
     * Returns the retry with the budget of one of its targets, which warnings name.
     *
     * @param budget the budget
     * @param target the target, such as {@code https://api.example.com:443}
     * @return the retry
     */
    R withBudget(RetryBudget budget, String target);

    /** {@return the retry with the warnings that it was created without, those of its policy now} */
    R withWarnings();

    /** {@return whether the budget was made for the retry, as its policy specifies, and not given by {@code withBudget}} */
    boolean hasOwnBudget();

    /**
     * Publishes that code which was given to Respite has thrown.
     *
     * @param callback the callback, such as {@code budget}
     * @param error the exception
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
     * @param operation the work
     * @param marked whether {@code NestedRetries.isHedged} returns true where an attempt is started
     * @param <T> the type of the value
     * @return the call, whose first attempt has not begun
     */
    <T extends @Nullable Object> ParallelCall<T> parallelCall(
            ResumableRetry.Work<? extends CompletionStage<? extends T>> operation, boolean marked);
}
