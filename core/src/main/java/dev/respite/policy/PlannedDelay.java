package dev.respite.policy;

/**
 * The delay before one retry, as a policy plans it.
 *
 * @param number the number of the retry, from 1
 * @param minNanos the least delay, in nanoseconds
 * @param meanNanos the mean delay, in nanoseconds; exact to a millionth, by quadrature for decorrelated at its cap
 * @param maxNanos the greatest delay, in nanoseconds
 */
public record PlannedDelay(int number, long minNanos, double meanNanos, long maxNanos) {}
