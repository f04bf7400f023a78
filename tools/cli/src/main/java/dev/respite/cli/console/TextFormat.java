package dev.respite.cli.console;

import dev.respite.text.ValueFormat;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Formats times, numbers, paragraphs and failures of files for people. */
public final class TextFormat {

    /** The maximum width of a line. */
    public static final int WIDTH = 78;

    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

    private static final Pattern CONTROL_IN_LINES = Pattern.compile("[\\p{Cc}&&[^\n\r\t]]|\r(?!\n)");

    /** Why a file cannot be used for lack of rights. */
    public static final String ACCESS_DENIED = "access is denied";

    private TextFormat() {}

    /** Returns a text of one line, with control characters as {@code \xNN}: a terminal would obey them. */
    public static String printable(String text) {
        return escaped(CONTROL, text);
    }

    /** Does the same for a text that may have several lines, with tabs. */
    public static String printableLines(String text) {
        return escaped(CONTROL_IN_LINES, text);
    }

    private static String escaped(Pattern controls, String text) {
        return controls.matcher(text)
                .replaceAll(found -> String.format(
                        Locale.ROOT, "\\\\x%02x", (int) found.group().charAt(0)));
    }

    public static String time(long nanos) {
        return time((double) nanos);
    }

    /** Formats a time with three digits: {@code 900 us}, {@code 12.5 ms}, {@code 1.04 s}, {@code 2 min}. */
    public static String time(double nanos) {
        return ValueFormat.rounded(nanos);
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
     * Aligns the cells of a table. Two spaces separate the columns.
     *
     * @param rows the rows, each with the same number of cells
     * @param align fills a cell of all columns but the first to a width; the first one is aligned left
     */
    public static List<String> table(List<List<String>> rows, BiFunction<String, Integer, String> align) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int number = column;
                int width = rows.stream()
                        .mapToInt(other -> other.get(number).length())
                        .max()
                        .orElse(0);
                String cell = row.get(column);
                line.append(column == 0 ? left(cell, width) : "  " + align.apply(cell, width));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /**
     * Breaks a text into lines of at most {@value #WIDTH} characters, the first one with one indent, the others with another.
     */
    public static String wrap(String first, String others, String paragraph) {
        StringBuilder text = new StringBuilder();
        StringBuilder line = new StringBuilder(first);
        boolean empty = true;
        for (String token : paragraph.split(" ", -1)) {
            if (!empty && line.length() + 1 + token.length() > WIDTH) {
                text.append(line).append(System.lineSeparator());
                line = new StringBuilder(others);
                empty = true;
            }
            line.append(empty ? "" : " ").append(token);
            empty = false;
        }
        return text.append(line).toString();
    }

    /** Returns why a file could not be read or written. */
    public static String problem(Path file, IOException failed) {
        if (Files.isDirectory(file)) {
            return "it is a directory";
        }
        if (failed instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (failed instanceof AccessDeniedException) {
            return ACCESS_DENIED;
        }
        if (failed instanceof CharacterCodingException) {
            return "it is not text in UTF-8";
        }
        return failed instanceof FileSystemException named && named.getReason() != null
                ? named.getReason()
                : String.valueOf(failed.getMessage());
    }
}
