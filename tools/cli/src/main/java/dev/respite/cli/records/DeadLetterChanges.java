package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Changes dead letters one by one, and prints the ids of those that were changed and the reasons of the others. */
final class DeadLetterChanges {

    private final String verb;
    private final Predicate<String> change;
    private final List<String> changed = new ArrayList<>();
    private final Map<String, String> unchanged = new LinkedHashMap<>();

    /**
     * Creates the changes.
     *
     * @param verb the change in the output, such as {@code replayed}
     * @param change changes the dead letter with an id, and returns whether it exists
     */
    DeadLetterChanges(String verb, Predicate<String> change) {
        this.verb = verb;
        this.change = change;
    }

    /** Changes the dead letters with these ids, and returns the exit code. */
    int apply(List<String> ids, Console console, RecordOutput output) {
        try {
            ids.forEach(this::apply);
        } catch (StoreException failed) {
            int unused = print(console, output);
            throw failed;
        }
        return print(console, output);
    }

    /** Prints the changes of selected dead letters, and returns the exit code. */
    int print(DeadLetters.Changes changes, Console console, RecordOutput output) {
        changed.addAll(changes.changed());
        changes.skipped().forEach(id -> unchanged.put(id, duplicate(id)));
        if (changed.isEmpty() && unchanged.isEmpty()) {
            console.printMessage("no dead letter is selected; 'respite durable list' with the same options lists them");
        }
        int code = print(console, output);
        return changed.isEmpty() ? ExitCodes.NOTHING_CHANGED : code;
    }

    private String duplicate(String id) {
        return "dead letter '" + id + "' was not " + verb
                + ", since its task has a call with the same id: replay it when" + " that has ended, or discard it";
    }

    private void apply(String id) {
        try {
            if (change.test(id)) {
                changed.add(id);
            } else {
                unchanged.put(id, DurableCommand.missing(id));
            }
        } catch (StoreException failed) {
            if (!isDuplicate(failed)) {
                throw failed;
            }
            unchanged.put(id, duplicate(id));
        }
    }

    private int print(Console console, RecordOutput output) {
        List<Json> reasons = new ArrayList<>();
        unchanged.forEach(
                (id, reason) -> reasons.add(Json.object().put("deadLetter", id).put("reason", reason)));
        output.print(
                console,
                Json.object().put(verb, changed).put("unchanged", reasons),
                changed.stream().map(id -> id + " is " + verb).toList());
        unchanged.values().forEach(console::printMessage);
        return unchanged.isEmpty() ? ExitCodes.OK : ExitCodes.NOTHING_CHANGED;
    }

    /** Returns whether a row violates a constraint, by the class of the SQLState. */
    private static boolean isDuplicate(StoreException failed) {
        return failed.getCause() instanceof SQLException database
                && String.valueOf(database.getSQLState()).startsWith("23");
    }
}
