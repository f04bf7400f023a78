package dev.respite.cli.records;

import dev.respite.cli.console.Json;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The printed fields of dead letters, and of the counts of all calls. */
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

    static Json of(DurableStats stats) {
        return Json.object()
                .put("due", stats.due())
                .put("running", stats.running())
                .put("scheduled", stats.scheduled())
                .put("lag", stats.lag())
                .put("dead", stats.deadLetters().dead())
                .put("paused", stats.deadLetters().paused())
                .put("parked", stats.deadLetters().parked());
    }

    static String text(DurableStats stats) {
        return String.format(
                Locale.ROOT,
                "of all tasks: %,d dead, %,d paused, %,d parked; %,d due, %,d running, %,d scheduled",
                stats.deadLetters().dead(),
                stats.deadLetters().paused(),
                stats.deadLetters().parked(),
                stats.due(),
                stats.running(),
                stats.scheduled());
    }
}
