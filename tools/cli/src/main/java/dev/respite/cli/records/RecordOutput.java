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
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The output of stored records, as text or with {@code --json}. */
final class RecordOutput {

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    /** Prints an object: its JSON, or the lines of text. Returns the exit code. */
    int print(Console console, Json object, Supplier<List<String>> lines) {
        if (json) {
            console.out().print(object.text());
        } else {
            lines.get().forEach(line -> console.out().println(TextFormat.printableLines(line)));
        }
        return ExitCodes.OK;
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

    /** Returns a table with a row for each record; times are in seconds. */
    static List<String> table(List<String> columns, List<Json> records) {
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
