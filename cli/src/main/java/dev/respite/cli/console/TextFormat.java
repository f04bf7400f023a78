package dev.respite.cli.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Formats times, numbers and paragraphs for people. */
public final class TextFormat {

    /** The maximum width of a line. */
    public static final int WIDTH = 78;

    private static final double SECOND = 1e9;

    private TextFormat() {}

    public static String time(long nanos) {
        return time((double) nanos);
    }

    /** Formats a time with three digits: {@code 900 us}, {@code 12.5 ms}, {@code 1.04 s}, {@code 2 min}. */
    public static String time(double nanos) {
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
        if (nanos < 120 * SECOND) {
            return digits(nanos / SECOND) + " s";
        }
        boolean minutes = nanos < 120 * 60 * SECOND;
        return minutes ? digits(nanos / (60 * SECOND)) + " min" : digits(nanos / (3600 * SECOND)) + " h";
    }

    /** Formats a number with up to two decimals and without trailing zeros. */
    private static String digits(double value) {
        int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return BigDecimal.valueOf(value)
                .setScale(decimals, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    /** Formats a whole number in groups of three digits. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    public static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    public static String left(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    public static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    /**
     * Breaks a text into lines of at most {@value #WIDTH} characters, the first one with one indent, the others with another.
     */
    public static String wrap(String first, String others, String paragraph) {
        StringBuilder text = new StringBuilder();
        StringBuilder line = new StringBuilder(first);
        boolean empty = true;
        for (String word : paragraph.split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append(System.lineSeparator());
                line = new StringBuilder(others);
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        return text.append(line).toString();
    }
}
