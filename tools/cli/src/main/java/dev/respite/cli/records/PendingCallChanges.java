package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.durable.PendingCalls.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The changes of selected calls, and their preview. */
final class PendingCallChanges {

    /** The number of calls that are read at a time. */
    static final int BATCH = 100;

    @Option(names = "--dry-run", description = "Count the selected calls, and change none.")
    private boolean isDryRun;

    boolean isDryRun() {
        return isDryRun;
    }

    /** Prints how many calls would be changed, and returns the exit code. */
    static int preview(long selected, Console console, RecordOutput output) {
        return output.print(console, Json.object().put("selected", selected), List.of(text(selected) + " selected"));
    }

    static String text(long calls) {
        return calls + (calls == 1 ? " call is" : " calls are");
    }

    /**
     * Prints the number of calls with each result, and returns the exit code.
     *
     * @param done the end of the message about changed calls, such as {@code cancelled}
     */
    static int print(Map<Change, Long> results, String done, Console console, RecordOutput output) {
        Json counts = Json.object();
        List<String> lines = new ArrayList<>();
        for (Change result : Change.values()) {
            long calls = results.getOrDefault(result, 0L);
            counts.put(result.name().toLowerCase(Locale.ROOT), calls);
            if (calls > 0) {
                lines.add(text(calls)
                        + switch (result) {
                            case CHANGED -> " " + done;
                            case RUNNING -> " running, and left";
                            case IN_SEQUENCE -> " waiting for an earlier one, and left";
                            case ABSENT -> " gone: ended in the meantime";
                        });
            }
        }
        if (results.isEmpty()) {
            console.printMessage("no call is selected; 'respite durable call list' with the same options lists them");
        }
        int unused = output.print(console, counts, lines);
        return results.containsKey(Change.CHANGED) && results.size() == 1 ? ExitCodes.OK : ExitCodes.NOTHING_CHANGED;
    }
}
