package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.cli.console.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a command that lists records, and its output. */
final class ListOptions {

    private static final int MAX_LIMIT = 10_000;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "The maximum number of entries to list, 1 to 10,000. Default ${DEFAULT-VALUE}.")
    private int limit;

    @Option(
            names = "--after",
            paramLabel = "ENTRY",
            description = "Continue after this entry, the last one of the previous list.")
    private Optional<String> after = Optional.empty();

    @Mixin
    private final RecordOutput output = new RecordOutput();

    /** Returns the maximum number of records of a page. */
    int limit() {
        UsageException.requireRange("--limit", limit, 1, MAX_LIMIT);
        return limit;
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
        output.print(console, object, () -> {
            List<String> lines = new ArrayList<>(List.of(head));
            if (!records.isEmpty()) {
                lines.addAll(RecordOutput.table(columns, records));
            }
            foot.ifPresent(lines::add);
            return lines;
        });
        if (records.size() == limit) {
            console.printMessage("there may be more entries; list them with --after "
                    + records.get(limit - 1).get(columns.get(0)));
        }
        return ExitCodes.OK;
    }
}
