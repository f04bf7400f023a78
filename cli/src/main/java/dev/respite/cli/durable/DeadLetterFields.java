package dev.respite.cli.durable;

import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.store.ListOptions.Listing;
import dev.respite.cli.store.RecordOutput;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The printed fields of dead letters. */
final class DeadLetterFields {

    private DeadLetterFields() {}

    static Json of(DeadLetter letter) {
        return Json.object()
                .put("deadLetter", letter.letterId())
                .put("task", letter.call().task())
                .put("id", letter.call().id())
                .put("key", letter.call().key())
                .put("state", letter.state().name())
                .put("reason", letter.reason())
                .put("parkedAt", letter.parkedAt())
                .put("firstStart", letter.attempts().firstStart())
                .put("attempts", letter.attempts().count())
                .put("lastError", letter.attempts().lastError())
                .put("history", letter.attempts().history())
                .put("sequence", letter.call().sequence())
                .put("dataVersion", letter.call().dataVersion());
    }

    static Json of(DeadLetter letter, Optional<CallData> data) {
        Json fields = of(letter);
        fields.put("data", data.filter(CallData::isText).map(CallData::shown));
        fields.put("dataHex", data.filter(known -> !known.isText()).map(CallData::shown));
        return fields;
    }

    /** Returns a line for each field, and the data after an empty line. */
    static List<String> lines(DeadLetter letter, Optional<CallData> data) {
        Json fields = of(letter);
        fields.put(
                "data",
                data.map(known -> known.isText() ? "text" : "not printable UTF-8; in hexadecimal")
                        .orElse("cannot be read"));
        List<String> lines = new ArrayList<>(RecordOutput.lines(fields));
        data.ifPresent(known -> lines.addAll(List.of("", known.shown())));
        return lines;
    }

    /** Returns the counts of all calls, and the dead letters of one page. */
    static Listing listing(DurableStats stats, List<Json> letters) {
        Json calls = Json.object()
                .put("due", stats.due())
                .put("running", stats.running())
                .put("scheduled", stats.scheduled())
                .put("oldestDue", stats.oldestDue())
                .put("dead", stats.deadLetters().dead())
                .put("paused", stats.deadLetters().paused())
                .put("parked", stats.deadLetters().parked());
        String head = "of all tasks: " + TextFormat.count(stats.deadLetters().dead()) + " dead, "
                + TextFormat.count(stats.deadLetters().paused())
                + " paused, " + TextFormat.count(stats.deadLetters().parked()) + " parked; "
                + TextFormat.count(stats.due())
                + " due, "
                + TextFormat.count(stats.running()) + " running, " + TextFormat.count(stats.scheduled())
                + " scheduled";
        return new Listing(
                Json.object().put("calls", calls).put("deadLetters", letters),
                head,
                letters,
                List.of("deadLetter", "state", "parkedAt", "attempts", "task", "id", "reason"));
    }
}
