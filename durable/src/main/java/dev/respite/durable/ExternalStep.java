package dev.respite.durable;

import dev.respite.outcome.Classifier;
import dev.respite.policy.RetryPolicy;

/**
 * The part of a durable call that is made outside of the database, before its result is stored: it calls another system. It may
 * run more than once for one call: an attempt that was killed is made again, and so may be one whose result could not be stored. Pass
 * {@link DurableContext#key()} to the other system, which then makes the effect once. Implementations are safe for use by any
 * number of threads.
 *
 * @param <T> the type of the data
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface ExternalStep<T, R> {

    /**
     * Makes one attempt, in no transaction and with no connection. It is interrupted when its time is up, and when the instance is
     * stopped for longer than it waits.
     *
     * @param data the data
     * @param context the attempt
     * @return what the other system has responded
     * @throws Exception if the attempt fails; the policy decides what that means
     */
    R call(T data, DurableContext context) throws Exception;

    /**
     * Returns what outcomes mean under a policy. The outcomes are the failures of {@link #call} and of the handler of its result,
     * and a success after both; never the result itself.
     *
     * @param policy the policy of the task, or the one that a call has pinned
     * @return the classifier; by default the classifier of the policy
     * @throws IllegalArgumentException if the policy cannot be used for these calls
     */
    default Classifier classifier(RetryPolicy policy) {
        return policy.classifier();
    }
}
