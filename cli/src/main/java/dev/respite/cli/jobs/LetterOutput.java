package dev.respite.cli.jobs;

import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import java.io.PrintStream;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Formats dead letters as text and as JSON. */
final class LetterOutput {

    private static final int NAME_WIDTH = 14;

    private LetterOutput() {}

    /** Prints the counts, and a line for each dead letter. */
    static void table(DurableStats stats, List<DeadLetter> letters, PrintStream out) {
        out.println("of all tasks: " + TextFormat.count(stats.deadLetters().dead()) + " dead, "
                + TextFormat.count(stats.deadLetters().paused())
                + " paused, " + TextFormat.count(stats.deadLetters().parked()) + " parked; "
                + TextFormat.count(stats.due())
                + " due, "
                + TextFormat.count(stats.running()) + " running, " + TextFormat.count(stats.scheduled())
                + " scheduled");
        if (letters.isEmpty()) {
            return;
        }
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"letter", "state", "parked at", "attempts", "task", "id", "reason"});
        letters.forEach(letter -> rows.add(row(letter)));
        int[] widths = widths(rows);
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(i == 0 ? "" : "  ").append(TextFormat.left(row[i], widths[i]));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String[] row(DeadLetter letter) {
        return new String[] {
            letter.letterId(),
            letter.state().name(),
            letter.parkedAt().truncatedTo(ChronoUnit.SECONDS).toString(),
            Integer.toString(letter.attempts().count()),
            LetterData.printable(letter.call().task()),
            LetterData.printable(letter.call().id()),
            LetterData.printable(letter.reason())
        };
    }

    private static int[] widths(List<String[]> rows) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        return widths;
    }

    /** Prints a line for each field, and the data after an empty line. */
    static void lines(DeadLetter letter, Optional<LetterData> data, PrintStream out) {
        line(out, "letter", letter.letterId());
        line(out, "task", letter.call().task());
        line(out, "id", letter.call().id());
        line(out, "key", letter.call().key());
        line(out, "state", letter.state().name());
        line(out, "reason", letter.reason());
        line(out, "parked at", letter.parkedAt().toString());
        line(
                out,
                "first start",
                letter.attempts().firstStart().map(Object::toString).orElse(""));
        line(out, "attempts", Integer.toString(letter.attempts().count()));
        line(out, "last error", letter.attempts().lastError());
        line(out, "history", letter.attempts().history());
        line(out, "sequence", letter.call().sequence().orElse(""));
        line(
                out,
                "data version",
                letter.call().dataVersion() == 0
                        ? ""
                        : Integer.toString(letter.call().dataVersion()));
        line(
                out,
                "data",
                data.map(known -> known.isText() ? "text" : "not printable UTF-8; in hexadecimal")
                        .orElse("cannot be read"));
        data.ifPresent(known -> {
            out.println();
            out.println(known.shown());
        });
    }

    private static void line(PrintStream out, String name, String value) {
        out.println(TextFormat.left(name, NAME_WIDTH) + (value.isEmpty() ? "-" : LetterData.printable(value)));
    }

    static String json(DurableStats stats, List<DeadLetter> letters) {
        return Json.text(Json.object(json -> {
            json.writeObjectPropertyStart("calls");
            json.writeNumberProperty("due", stats.due());
            json.writeNumberProperty("running", stats.running());
            json.writeNumberProperty("scheduled", stats.scheduled());
            text(json, "oldestDue", stats.oldestDue().map(Object::toString));
            json.writeNumberProperty("dead", stats.deadLetters().dead());
            json.writeNumberProperty("paused", stats.deadLetters().paused());
            json.writeNumberProperty("parked", stats.deadLetters().parked());
            json.writeEndObject();
            json.writeArrayPropertyStart("letters");
            for (DeadLetter letter : letters) {
                json.writeStartObject();
                properties(json, letter);
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    static String json(DeadLetter letter, Optional<LetterData> data) {
        return Json.text(Json.object(json -> {
            properties(json, letter);
            text(json, "data", data.filter(LetterData::isText).map(LetterData::shown));
            text(json, "dataHex", data.filter(known -> !known.isText()).map(LetterData::shown));
        }));
    }

    private static void properties(JsonGenerator json, DeadLetter letter) {
        json.writeStringProperty("letter", letter.letterId());
        json.writeStringProperty("task", letter.call().task());
        json.writeStringProperty("id", letter.call().id());
        json.writeStringProperty("key", letter.call().key());
        json.writeStringProperty("state", letter.state().name());
        json.writeStringProperty("reason", letter.reason());
        json.writeStringProperty("parkedAt", letter.parkedAt().toString());
        text(json, "firstStart", letter.attempts().firstStart().map(Object::toString));
        json.writeNumberProperty("attempts", letter.attempts().count());
        json.writeStringProperty("lastError", letter.attempts().lastError());
        json.writeStringProperty("history", letter.attempts().history());
        text(json, "sequence", letter.call().sequence());
        json.writeNumberProperty("dataVersion", letter.call().dataVersion());
    }

    private static void text(JsonGenerator json, String name, Optional<String> value) {
        json.writeName(name);
        value.ifPresentOrElse(json::writeString, json::writeNull);
    }

    static String missing(String letterId) {
        return "there is no dead letter '" + LetterData.printable(letterId)
                + "'; it may have been replayed or discarded. 'respite jobs list' shows the ids";
    }
}
