package dev.respite.sim.scenario;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times, rates and parts as text, and back: decimal digits and a unit, in no locale. */
public final class Formats {

    private static final Pattern TIME = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)(ns|us|ms|s|m|h)");
    /** The greatest time in nanoseconds; every limit is far below. */
    private static final BigDecimal MAX_NANOS = BigDecimal.valueOf(Long.MAX_VALUE);

    /** As many decimals as a double can have, so that what was written can be read. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}(?:\\.[0-9]{1,400})?");

    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");

    private Formats() {}

    static Duration readTime(String text) {
        Matcher time = TIME.matcher(text);
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (!time.matches()) {
            throw new InvalidScenarioException("'" + text + "': expected a time such as 10ms, 1.5s or 2m");
        }
        BigDecimal nanos = new BigDecimal(time.group(1)).multiply(BigDecimal.valueOf(unit(time.group(2))));
        return Duration.ofNanos(nanos.min(MAX_NANOS).longValue());
    }

    private static long unit(String unit) {
        return switch (unit) {
            case "ns" -> 1L;
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            default -> 3_600_000_000_000L;
        };
    }

    static double readNumber(String text) {
        return decimal(text).doubleValue();
    }

    private static BigDecimal decimal(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new InvalidScenarioException("'" + text + "': expected a number such as 4 or 0.5");
        }
        return new BigDecimal(text);
    }

    static int readCount(String text) {
        if (!WHOLE.matcher(text).matches()) {
            String most = text.matches("[0-9]+") ? " of at most nine digits" : "";
            throw new InvalidScenarioException("'" + text + "': expected a whole number" + most);
        }
        return Integer.parseInt(text);
    }

    /** A part: {@code 20%} or {@code 0.2}. */
    static double readRatio(String text) {
        return text.endsWith("%")
                ? decimal(text.substring(0, text.length() - 1)).movePointLeft(2).doubleValue()
                : readNumber(text);
    }

    /** A rate: {@code 280/s}. */
    static double readRate(String text) {
        if (!text.endsWith("/s")) {
            throw new InvalidScenarioException("'" + text + "': expected a rate such as 280/s");
        }
        return readNumber(text.substring(0, text.length() - 2));
    }

    /**
     * Formats a number.
     *
     * @param value the number
     * @return its digits, without needless zeros
     */
    public static String number(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : Double.toString(value);
    }

    /**
     * Formats a fraction.
     *
     * @param share the fraction, from 0 to 1
     * @return percent, such as {@code 20%}
     */
    public static String percent(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
    }

    /**
     * Formats a duration.
     *
     * @param time the duration
     * @return a text such as {@code 1.5s}
     */
    public static String time(Duration time) {
        long nanos = time.toNanos();
        for (String unit : new String[] {"h", "m", "s", "ms", "us"}) {
            if (nanos != 0 && nanos % unit(unit) == 0) {
                return nanos / unit(unit) + unit;
            }
        }
        return nanos == 0 ? "0" : nanos + "ns";
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
}
