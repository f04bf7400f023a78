package dev.respite.cli.jobs;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which dead letters a command has changed, and why others were not changed. */
final class LetterChanges {

    private final List<String> changed = new ArrayList<>();
    private final Map<String, String> unchanged = new LinkedHashMap<>();

    void changed(String letterId) {
        changed.add(letterId);
    }

    void unchanged(String letterId, String reason) {
        unchanged.put(letterId, reason);
    }

    /**
     * Prints what has become of each dead letter, and returns the exit code.
     *
     * @param verb the change, such as {@code replayed}
     */
    int print(Console console, boolean json, String verb) {
        if (json) {
            console.out().print(Json.text(Json.object(object -> {
                object.writeArrayPropertyStart(verb);
                changed.forEach(object::writeString);
                object.writeEndArray();
                object.writeArrayPropertyStart("unchanged");
                unchanged.forEach((letterId, reason) -> {
                    object.writeStartObject();
                    object.writeStringProperty("letter", letterId);
                    object.writeStringProperty("reason", reason);
                    object.writeEndObject();
                });
                object.writeEndArray();
            })));
        } else {
            changed.forEach(letterId -> console.out().println(letterId + " is " + verb));
        }
        unchanged.values().forEach(console::printMessage);
        return unchanged.isEmpty() ? ExitCodes.OK : ExitCodes.NOTHING_CHANGED;
    }
}
