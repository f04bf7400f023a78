package dev.respite.sim.scenario;

import dev.respite.text.ValueFormat;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times, rates and parts as text, and back: decimal digits and a unit, in no locale. */
final class Formats {

    private static final Pattern TIME = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)(ns|us|ms|s|m|h)");
    /** The greatest time in nanoseconds; every limit is far below. */
    private static final BigDecimal MAX_NANOS = BigDecimal.valueOf(Long.MAX_VALUE);

    /** As many decimals as a double can have, so that a written number is read as the same. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}(?:\\.[0-9]{1,400})?");

    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");

    private Formats() {}

    static Duration readTime(String text) {
        Matcher time = TIME.matcher(text);
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (!time.matches()) {
            throw new InvalidScenarioException(
                    "'" + ValueFormat.shortened(text) + "': expected a time such as 10ms, 1.5s or 2m");
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
            throw new InvalidScenarioException(
                    "'" + ValueFormat.shortened(text) + "': expected a number such as 4 or 0.5");
        }
        return new BigDecimal(text);
    }

    static int readCount(String text) {
        if (!WHOLE.matcher(text).matches()) {
            String most = text.matches("[0-9]+") ? " of at most nine digits" : "";
            throw new InvalidScenarioException("'" + ValueFormat.shortened(text) + "': expected a whole number" + most);
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
            throw new InvalidScenarioException("'" + ValueFormat.shortened(text) + "': expected a rate such as 280/s");
        }
        return readNumber(text.substring(0, text.length() - 2));
    }

    /** Formats a number without needless zeros. */
    static String number(double value) {
        return ValueFormat.format(value);
    }

    /** Formats a fraction from 0 to 1 as percent. */
    static String percent(double ratio) {
        return ValueFormat.percent(ratio);
    }

    /** Formats a duration in the longest unit that divides it, such as {@code 1500ms}. */
    static String time(Duration time) {
        long nanos = time.toNanos();
        for (String unit : new String[] {"h", "m", "s", "ms", "us"}) {
            if (nanos != 0 && nanos % unit(unit) == 0) {
                return nanos / unit(unit) + unit;
            }
        }
        return nanos == 0 ? "0" : nanos + "ns";
    }
}
