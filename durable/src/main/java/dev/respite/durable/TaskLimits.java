package dev.respite.durable;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The limits of the calls of a task in one instance.
 *
 * @param concurrentCalls how many calls may run at the same time; empty for as many as there are threads
 * @param perSecond how many attempts may begin in a second; empty for any number
 */
record TaskLimits(OptionalInt concurrentCalls, OptionalDouble perSecond) {

    static final TaskLimits NONE = new TaskLimits(OptionalInt.empty(), OptionalDouble.empty());

    static final double MAX_RATE = 1_000_000;

    /**
     * Returns a rate of calls.
     *
     * @param remedy ends the message
     * @throws IllegalArgumentException if the rate is not above 0, or above a million
     */
    static double checkedRate(double perSecond, String remedy) {
        if (!(perSecond > 0 && perSecond <= MAX_RATE)) {
            throw new IllegalArgumentException(
                    perSecond + " calls a second: it must be above 0, up to " + (long) MAX_RATE + remedy);
        }
        return perSecond;
    }
}
