package dev.respite.cli.records;

import dev.respite.cli.console.Json;
import dev.respite.durable.PendingCall;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** The printed fields of calls that have not ended. */
final class PendingCallFields {

    private PendingCallFields() {}

    /** Returns the rows of a list. There are columns of owners and of sequences if a call has one. */
    static List<String> table(List<PendingCall> calls) {
        List<String> columns =
                new ArrayList<>(List.of("task", "id", "state", "due", "attempts", "enqueuedAt", "error"));
        if (calls.stream().anyMatch(call -> call.owner().isPresent())) {
            columns.addAll(columns.indexOf("error"), List.of("owner", "heartbeatAge"));
        }
        if (calls.stream().anyMatch(call -> call.call().sequence().isPresent())) {
            columns.add(columns.indexOf("error"), "sequence");
        }
        return RecordOutput.table(
                columns,
                calls.stream()
                        .map(call -> of(call).put("error", DeadLetterFields.shortened(call.lastError())))
                        .toList());
    }

    static Json of(PendingCall call) {
        return Json.object()
                .put("task", call.task())
                .put("id", call.id())
                .put("key", call.call().key())
                .put("state", call.state().name())
                .put("enqueuedAt", call.enqueued())
                .put("due", call.due())
                .put("attempts", call.attempts())
                .put("lastError", call.lastError())
                .put("owner", call.owner())
                .put("heartbeatAge", call.heartbeatAge().map(age -> age.truncatedTo(ChronoUnit.SECONDS)))
                .put("sequence", call.call().sequence());
    }
}
