package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.cli.console.UsageException;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The length of a page of records, and its output. */
final class PageOptions {

    /** The option of a list that continues after a record which one text identifies. */
    static final String AFTER = "--after";

    static final String AFTER_ENTRY = "Continue after this entry, the last one of the previous list.";

    private static final int MAX_LIMIT = 10_000;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "The maximum number of entries to list, 1 to 10,000. Default ${DEFAULT-VALUE}.")
    private int limit;

    @Mixin
    private final RecordOutput output = new RecordOutput();

    /** Returns the maximum number of records of a page. */
    int limit() {
        UsageException.requireRange("--limit", limit, 1, MAX_LIMIT);
        return limit;
    }

    /**
     * Prints a page, and a hint on stderr if it is full. Returns the exit code.
     *
     * @param object the JSON of the page
     * @param lines the lines of the text
     * @param cursors the values of {@code --after} that continue after each record of the page
     */
    int print(Console console, Json object, List<String> lines, List<String> cursors) {
        output.print(console, object, lines);
        if (cursors.size() == limit) {
            console.printMessage("there may be more entries; list them with --after " + cursors.get(limit - 1));
        }
        return ExitCodes.OK;
    }
}
