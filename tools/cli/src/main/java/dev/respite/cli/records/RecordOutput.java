package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The output of stored records, as text or with {@code --json}. */
final class RecordOutput {

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    /** Prints an object: its JSON, or the lines of text. Returns the exit code. */
    int print(Console console, Json object, List<String> lines) {
        if (json) {
            console.out().print(object.text());
        } else {
            lines.forEach(line -> console.out().println(TextFormat.printableLines(line)));
        }
        return ExitCodes.OK;
    }

    /** Prints the fields of a record, or the message for one that does not exist. Returns the exit code. */
    int printFound(Console console, Optional<Json> fields, String missing) {
        if (fields.isEmpty()) {
            console.printMessage(missing);
            return ExitCodes.NOTHING_CHANGED;
        }
        return print(console, fields.get(), lines(fields.get()));
    }

    /** Returns a line for each field. */
    static List<String> lines(Json fields) {
        int width = 2
                + fields.names().stream()
                        .mapToInt(name -> label(name).length())
                        .max()
                        .orElse(0);
        return fields.names().stream()
                .map(name -> TextFormat.left(label(name), width) + text(fields.get(name)))
                .toList();
    }

    /** Returns a table with a row for each record; empty without one. Times are in seconds. */
    static List<String> table(List<String> columns, List<Json> records) {
        if (records.isEmpty()) {
            return List.of();
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns.stream().map(RecordOutput::label).toList());
        for (Json record : records) {
            rows.add(columns.stream().map(column -> cell(record.get(column))).toList());
        }
        return TextFormat.table(rows, TextFormat::left);
    }

    private static String cell(Object value) {
        Object present = value instanceof Optional<?> optional && optional.isPresent() ? optional.get() : value;
        return text(present instanceof Instant time ? time.truncatedTo(ChronoUnit.SECONDS) : present);
    }

    private static String text(Object value) {
        String text = value instanceof Optional<?> optional
                ? optional.map(Object::toString).orElse("")
                : String.valueOf(value);
        return text.isEmpty() ? "-" : TextFormat.printable(text);
    }

    private static String label(String name) {
        return name.replaceAll("(\\p{Lu})", " $1").toLowerCase(Locale.ROOT);
    }
}
