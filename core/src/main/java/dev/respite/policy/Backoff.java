package dev.respite.policy;

import dev.respite.outcome.Attempt;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * The delay before the next attempt, as a function of the call's progress and of a random number.
 *
 * <p>A backoff is pure and safe for use by any number of threads: the same attempt and roll give the same delay. The named ones
 * are made by the {@linkplain RetryPolicy policy}'s keys; write your own only where none of them fits.
 */
@FunctionalInterface
public interface Backoff {

    /**
     * Creates a backoff without chance. Calls that failed together come back together, so prefer a named one with jitter where
     * there are many.
     *
     * @param delay returns the delay before each retry, from its number, 1 or more; a negative one counts as 0
     * @return the backoff
     */
    static Backoff of(IntFunction<Duration> delay) {
        Objects.requireNonNull(delay, "delay");
        return (failed, roll) -> {
            Duration own = delay.apply(failed.number());
            return own.isNegative() ? 0 : ValueFormat.saturatedNanos(own);
        };
    }

    /**
     * Returns the delay between the given attempt, which has failed, and the next.
     *
     * @param failed the attempt that failed; its number is also the number of the retry that follows, counted from 1
     * @param roll a number drawn uniformly from [0, 1)
     * @return nanoseconds; a negative number counts as 0
     */
    long delayNanos(Attempt failed, double roll);
}
