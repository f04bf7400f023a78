package dev.respite.cli.console;

import dev.respite.sim.scenario.Formats;
import java.util.Locale;

/** Formats times, numbers and paragraphs for people. */
public final class TextFormat {

    /** The maximum width of a line. */
    public static final int WIDTH = 78;

    private TextFormat() {}

    public static String time(long nanos) {
        return time((double) nanos);
    }

    /** Formats a time with three digits: {@code 900 us}, {@code 12.5 ms}, {@code 1.04 s}, {@code 2 min}. */
    public static String time(double nanos) {
        return Formats.rounded(nanos);
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
