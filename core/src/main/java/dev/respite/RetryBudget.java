package dev.respite;

import dev.respite.policy.BudgetSpec;
import dev.respite.policy.ErrorKind;

/**
 * What retries are paid from: shared by all the calls that go to one target, so that together they cannot drown it.
 *
 * <p>It is asked last, when everything else is for another try; a refusal changes nothing in it. Implementations are
 * safe for use by any number of threads, never block and never throw.
 */
public interface RetryBudget {

    /**
     * Takes what a retry costs, if it is there.
     *
     * @param kind the kind of error that is to be retried
     * @return whether the retry may be made; if not, nothing was taken
     */
    boolean tryRetry(ErrorKind kind);

    /** A call has succeeded at its first attempt. */
    void succeeded();

    /**
     * A call has succeeded after retries.
     *
     * @param attempts how many attempts it took, at least 2
     * @param lastRetried the kind of error that the last retry was made for
     */
    default void succeededAfter(int attempts, ErrorKind lastRetried) {
        succeeded();
    }

    /** A call has begun. */
    default void started() {}

    /**
     * An attempt has failed with an error that may pass by itself.
     *
     * @param kind the kind of error
     */
    default void failed(ErrorKind kind) {}

    /**
     * A retry that was granted has not been made after all: the call was broken off in the wait before it.
     *
     * @param kind the kind of error that was to be retried
     */
    default void notMade(ErrorKind kind) {}

    /**
     * How many retries of an ordinary error would be granted now, one after the other.
     *
     * @return 0 or more, with a fraction for what is saved up; infinite where there is no limit
     */
    double retriesLeft();

    /**
     * Makes the bucket that a specification describes. It starts full.
     *
     * @param spec the specification
     * @param time the time, for those that look back over a window
     * @return a bucket of its own
     */
    static RetryBudget of(BudgetSpec spec, TimeSource time) {
        return Budgets.make(spec, time, Budgets.FULL);
    }
}
