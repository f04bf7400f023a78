package dev.respite.text;

import java.time.Duration;

/** Checks of the range of numbers and durations. */
public final class Ranges {

    private Ranges() {}

    /**
     * Checks that a number is in its range.
     *
     * @param what the name in the message
     * @param value the number
     * @param min the smallest that is allowed
     * @param max the greatest that is allowed
     * @throws IllegalArgumentException if it is not; the message has the value and the range
     */
    public static void check(String what, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(what + " " + ValueFormat.format(value) + ": must be from "
                    + ValueFormat.format(min) + " to " + ValueFormat.format(max));
        }
    }

    /**
     * Checks that a duration is in its range.
     *
     * @param what the name in the message
     * @param value the duration
     * @param min the smallest that is allowed
     * @param max the greatest that is allowed
     * @throws IllegalArgumentException if it is not; the message has the value and the range
     */
    public static void check(String what, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(what + " " + ValueFormat.format(value) + ": must be from "
                    + ValueFormat.format(min) + " to " + ValueFormat.format(max));
        }
    }
}
