package dev.respite.policy;

import dev.respite.outcome.Attempt;

/**
 * The delay before the next attempt, as a function of the progress of the call and of a random number.
 *
 * <p>A backoff is pure and safe for use by any number of threads: the same attempt and roll give the same delay. The named ones
 * are made by the {@linkplain RetryPolicy policy}'s keys; write your own only where none of them fits.
 */
@FunctionalInterface
public interface Backoff {

    /**
     * The delay between the given attempt, which has failed, and the next.
     *
     * @param failed the attempt that failed; its number is also the number of the retry that follows, counted from 1
     * @param roll a number drawn uniformly from [0, 1)
     * @return nanoseconds; a negative number counts as 0
     */
    long delayNanos(Attempt failed, double roll);
}
