package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a command that lists records, each of which one text identifies, and its output. */
final class ListOptions {

    @Mixin
    private final PageOptions page = new PageOptions();

    @Option(
            names = "--after",
            paramLabel = "ENTRY",
            description = "Continue after this entry, the last one of the previous list.")
    private Optional<String> after = Optional.empty();

    /** Returns the maximum number of records of a page. */
    int limit() {
        return page.limit();
    }

    /** Returns the last record of the page before, which is identified by the first column. */
    Optional<String> after() {
        return after;
    }

    /**
     * Prints a page, and a hint on stderr if it is full. Returns the exit code.
     *
     * @param object the JSON of the page
     * @param head the first line of the text
     * @param columns the fields in the table; the first one identifies a record
     * @param records the records of the page
     * @param foot the last line of the text; empty for none
     */
    int print(
            Console console,
            Json object,
            String head,
            List<String> columns,
            List<Json> records,
            Optional<String> foot) {
        return page.print(
                console,
                object,
                () -> {
                    List<String> lines = new ArrayList<>(List.of(head));
                    if (!records.isEmpty()) {
                        lines.addAll(RecordOutput.table(columns, records));
                    }
                    foot.ifPresent(lines::add);
                    return lines;
                },
                records.stream()
                        .map(record -> String.valueOf(record.get(columns.get(0))))
                        .toList());
    }
}
