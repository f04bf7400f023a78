package dev.respite.budget;

import dev.respite.outcome.ErrorKind;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * Limits the retries of all calls that go to one target.
 *
 * <p>It is queried last, when all other rules allow a retry; a rejection changes nothing in it. Implementations are safe for
 * use by any number of threads, never block and never throw.
 */
public interface RetryBudget {

    /**
     * Takes the cost of a retry, if it is there.
     *
     * @param kind the kind of error that is to be retried
     * @return whether the retry may be made; if not, nothing was taken
     */
    boolean tryAcquire(ErrorKind kind);

    /** A call has succeeded at its first attempt. */
    void succeeded();

    /**
     * A retry that was granted has not been made after all: the call was broken off in the wait before it.
     *
     * @param kind the kind of error that was to be retried
     */
    default void refund(ErrorKind kind) {}

    /** The times of calls that a budget needs. Each reading of the clock costs some 20 ns. */
    enum ClockUse {
        /** Nothing: all times are 0 unless something else needs the clock. */
        NONE,
        /** The start of calls, and the time at which attempts fail. */
        START,
        /** Also the latency of the attempts for which {@link #wantsLatency} returns true. */
        LATENCY
    }

    /**
     * An attempt that has failed with an error that may pass by itself.
     *
     * @param kind the kind of error
     * @param number which attempt of its call, from 1; any after the first is a retry or a hedge
     * @param nowNanos the time, in nanoseconds of the call's {@link dev.respite.time.TimeSource}; 0 if the budget does not need it
     * @param latencyNanos how long the attempt took, in nanoseconds; 0 if that is not known, or the budget does not need it
     */
    record FailedAttempt(ErrorKind kind, int number, long nowNanos, long latencyNanos) {}

    /**
     * A granted retry with its cost. A refund returns exactly this cost.
     *
     * @param kind the kind of error that is to be retried
     * @param tokens the cost in the unit of the budget
     * @param credit the cost in the second account of budgets with two
     */
    record Grant(ErrorKind kind, double tokens, double credit) {}

    /**
     * {@return the times that this budget needs, always the same: none, the start of calls and the times of failures, or also
     * the latency of attempts} A budget has no clock of its own: it receives the times of the call, real or simulated.
     */
    default ClockUse clockUse() {
        return ClockUse.NONE;
    }

    /**
     * A call has succeeded at its first attempt. This is on the path of every such call: it must make no object.
     *
     * @param startNanos when the call began; 0 if the budget does not need it
     */
    default void succeeded(long startNanos) {
        succeeded();
    }

    /**
     * A call has succeeded after retries.
     *
     * @param attempts how many attempts it took, at least 2
     * @param lastRetried the kind of error that the last retry was made for
     * @param nowNanos the time; 0 if the budget does not need it
     */
    default void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
        succeeded();
    }

    /**
     * Returns whether to measure the latency of a successful attempt. Called only if {@link #clockUse} returns {@link
     * ClockUse#LATENCY}.
     *
     * @param startNanos when the attempt began
     * @return true if {@link #recordLatency} is to be called
     */
    default boolean wantsLatency(long startNanos) {
        return true;
    }

    /**
     * A successful attempt took so long.
     *
     * @param latencyNanos how long, in nanoseconds
     * @param nowNanos the time
     */
    default void recordLatency(long latencyNanos, long nowNanos) {}

    /**
     * Records an attempt that reached its target and failed with a transient error, before the decision about a retry.
     *
     * @param failed the attempt
     */
    default void failed(FailedAttempt failed) {}

    /**
     * Takes the cost of a retry and returns it, or empty if the retry is rejected.
     *
     * @param failed the attempt that is to be retried
     * @param random the call's source of chance, from 0 to below 1
     * @return the cost; empty if the retry may not be made, and then nothing counts as taken
     */
    default Optional<Grant> tryAcquire(FailedAttempt failed, DoubleSupplier random) {
        return tryAcquire(failed.kind()) ? Optional.of(new Grant(failed.kind(), 1, 0)) : Optional.empty();
    }

    /**
     * A retry that was granted has not been made after all.
     *
     * @param grant the granted retry
     */
    default void refund(Grant grant) {
        refund(grant.kind());
    }

    /**
     * {@return the number of retries of an ordinary error that would be granted now, one after the other, with the fraction of
     * a further one} It is infinite if there is no limit.
     */
    double retriesLeft();

    /**
     * {@return the number of retries of an overload signal, such as a timeout or a 503, that would be granted now, one
     * after the other} It is {@link #retriesLeft} unless overload signals have an account or a cost of their own.
     */
    default double overloadRetriesLeft() {
        return retriesLeft();
    }
}
