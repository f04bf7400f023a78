package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads numbers and durations of the text form of policies: decimal digits, no sign, no exponent, no locale. */
final class Numbers {

    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,18}(\\.[0-9]{1,18})?");
    /** The digits of a duration: any number of them that a person writes, so that a long one is refused as too long. */
    private static final Pattern DURATION = Pattern.compile("[0-9]{1,100}(\\.[0-9]{1,100})?");

    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}");

    /** The longest duration that a policy may name: a hundred days, so that a double holds every nanosecond of it. */
    static final long MAX_NANOS = 2_400L * 3_600_000_000_000L;

    /** The largest whole number, far from where counting would overflow. */
    private static final int MAX_WHOLE = 1_000_000_000;

    private Numbers() {}

    /** A number as it is kept in a specification: to six decimals, so that its text form is exact. */
    static double rounded(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_EVEN).doubleValue()
                : value;
    }

    static double decimal(String key, String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw InvalidPolicyException.of(key, text, "expected a decimal number such as 2 or 0.5");
        }
        return Double.parseDouble(text);
    }

    static int whole(String key, String text, int least) {
        return whole(key, text, least, MAX_WHOLE);
    }

    static int whole(String key, String text, int least, int most) {
        if (!WHOLE.matcher(text).matches()) {
            throw notWhole(key, text, least, most);
        }
        long value = Long.parseLong(text);
        if (value < least || value > most) {
            throw notWhole(key, text, least, most);
        }
        return (int) value;
    }

    private static InvalidPolicyException notWhole(String key, String text, int least, int most) {
        return InvalidPolicyException.of(
                key, text, "expected a whole number from " + least + " to " + most + ", such as 3");
    }

    /** Nanoseconds of a text such as {@code 100ms}, {@code 1.5s}, {@code 900us}. */
    static long nanos(String key, String text) {
        int end = 0;
        while (end < text.length() && isDigitOrPoint(text.charAt(end))) {
            end++;
        }
        String number = text.substring(0, end);
        String suffix = text.substring(end);
        if (!DURATION.matcher(number).matches()) {
            String rule = text.startsWith("-") ? "a duration is not negative" : "expected a duration";
            throw InvalidPolicyException.of(key, text, rule + ", such as 100ms, 1.5s or 2m");
        }
        OptionalLong unit = ValueFormat.unitNanos(suffix);
        if (unit.isPresent()) {
            return exactNanos(key, text, new BigDecimal(number).multiply(BigDecimal.valueOf(unit.getAsLong())));
        }
        String wrong =
                suffix.isEmpty() ? "the unit is missing" : "unknown unit '" + ValueFormat.shortened(suffix) + "'";
        throw InvalidPolicyException.of(
                key, text, wrong + "; write ns, us, ms, s, m, h or d, such as " + number + "ms");
    }

    private static boolean isDigitOrPoint(char c) {
        return c == '.' || (c >= '0' && c <= '9');
    }

    private static long exactNanos(String key, String text, BigDecimal nanos) {
        if (nanos.stripTrailingZeros().scale() > 0) {
            throw InvalidPolicyException.of(key, text, "a duration has no part smaller than a nanosecond");
        }
        if (nanos.compareTo(BigDecimal.valueOf(MAX_NANOS)) > 0) {
            throw InvalidPolicyException.of(key, text, "the longest duration is a hundred days, 2400h");
        }
        return nanos.longValueExact();
    }

    static long saturatedAdd(long left, long right) {
        long sum = left + right;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
