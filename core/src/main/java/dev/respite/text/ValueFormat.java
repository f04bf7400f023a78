package dev.respite.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Formats numbers and durations for policies, messages and reports: exactly, without exponent and locale. Rejects those out of their
 * range with such a message.
 */
public final class ValueFormat {

    private static final int MAX_SHOWN = 200;

    private ValueFormat() {}

    /**
     * Shortens a value that comes from outside, for a message.
     *
     * @param text the value
     * @return the value; of one with more than {@value #MAX_SHOWN} characters the first ones, and how many it has
     */
    public static String shortened(String text) {
        if (text.length() <= MAX_SHOWN) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN;
        return text.substring(0, end) + "… (" + text.length() + " characters)";
    }

    /**
     * Formats a number in the shortest form that reads back as the same number.
     *
     * @param value the number
     * @return its digits, such as {@code 0.5} or {@code 100}; {@code NaN} or {@code Infinity} if it is not finite
     */
    public static String format(double value) {
        String text = Double.toString(value);
        return Double.isFinite(value)
                ? new BigDecimal(text).stripTrailingZeros().toPlainString()
                : text;
    }

    /**
     * Formats a fraction.
     *
     * @param ratio the fraction, from 0 to 1
     * @return percent, such as {@code 20%}
     */
    public static String percent(double ratio) {
        return BigDecimal.valueOf(ratio).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
    }

    /**
     * Formats a duration in the longest unit that divides it; of one that is too long for a policy, its hours.
     *
     * @param duration the duration
     * @return a text such as {@code 1500ms} or {@code 2m}
     */
    public static String format(Duration duration) {
        long nanos = saturatedNanos(duration);
        return nanos < Long.MAX_VALUE ? formatNanos(nanos) : duration.toHours() + DurationUnit.HOURS.text;
    }

    /**
     * Formats a duration in the longest unit that divides it.
     *
     * @param nanos nanoseconds, 0 or more
     * @return a text such as {@code 1500ms} or {@code 2m}
     */
    public static String formatNanos(long nanos) {
        if (nanos == 0) {
            return "0ms";
        }
        for (DurationUnit unit : DurationUnit.values()) {
            if (nanos % unit.nanos == 0) {
                return nanos / unit.nanos + unit.text;
            }
        }
        throw new AssertionError("a nanosecond divides every duration");
    }

    /**
     * Formats a time that was measured, with three digits.
     *
     * @param nanos nanoseconds
     * @return a text such as {@code 900 us}, {@code 12.5 ms}, {@code 1.04 s} or {@code 2 min}
     */
    public static String rounded(double nanos) {
        if (nanos == 0) {
            return "0 ms";
        }
        if (nanos < 999.5) {
            return digits(nanos) + " ns";
        }
        if (nanos < 999.5e3) {
            return digits(nanos / 1e3) + " us";
        }
        if (nanos < 999.5e6) {
            return digits(nanos / 1e6) + " ms";
        }
        if (nanos < 120e9) {
            return digits(nanos / 1e9) + " s";
        }
        boolean minutes = nanos < 120 * 60e9;
        return minutes ? digits(nanos / 60e9) + " min" : digits(nanos / 3600e9) + " h";
    }

    /** Formats a number with up to two decimals and without trailing zeros. */
    private static String digits(double value) {
        int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return BigDecimal.valueOf(value)
                .setScale(decimals, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    /**
     * Returns the nanoseconds of a unit.
     *
     * @param unit {@code ns}, {@code us}, {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}
     * @return nanoseconds; empty for any other text
     */
    public static OptionalLong unitNanos(String unit) {
        return Arrays.stream(DurationUnit.values())
                .filter(known -> known.text.equals(unit))
                .mapToLong(known -> known.nanos)
                .findFirst();
    }

    /**
     * Returns the nanoseconds of a duration, or {@link Long#MAX_VALUE} if it is longer than that.
     *
     * @param duration the duration, 0 or more
     * @return nanoseconds
     */
    public static long saturatedNanos(Duration duration) {
        boolean fits = duration.toSeconds() < Long.MAX_VALUE / 1_000_000_000L;
        return fits ? duration.toNanos() : Long.MAX_VALUE;
    }

    /**
     * Checks that a number is in its range.
     *
     * @param what the name in the message
     * @param value the number
     * @param min the smallest that is allowed
     * @param max the greatest that is allowed
     * @throws IllegalArgumentException if it is not; the message has the value and the range
     */
    public static void checkRange(String what, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(
                    what + " " + format(value) + ": must be from " + format(min) + " to " + format(max));
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
    public static void checkRange(String what, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    what + " " + format(value) + ": must be from " + format(min) + " to " + format(max));
        }
    }
}
