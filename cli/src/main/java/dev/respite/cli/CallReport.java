package dev.respite.cli;

import dev.respite.History;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** What happened in the call, for {@code --report}. For one call, and written when it has ended. */
final class CallReport implements RetryListener {

    private volatile Optional<History> history = Optional.empty();

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.CallEnded ended) {
            history = Optional.of(ended.history());
        }
    }

    /** Overwrites the file, whatever it is: a pipe or a device keeps its kind. */
    void writeTo(Path file) throws IOException {
        if (history.isPresent()) {
            History happened = history.get();
            Files.write(file, Json.object(json -> write(json, happened)));
        }
    }

    private static void write(JsonGenerator json, History happened) {
        json.writeArrayPropertyStart("attempts");
        Stream.concat(happened.first().stream(), happened.last().stream()).forEach(entry -> attempt(json, entry));
        json.writeEndArray();
        json.writeNumberProperty("omitted", happened.omitted());
        json.writeStringProperty(
                "stopReason", happened.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        Json.millis(json, "elapsedMs", happened.elapsed().toNanos());
    }

    private static void attempt(JsonGenerator json, History.Entry entry) {
        json.writeStartObject();
        json.writeNumberProperty("number", entry.number());
        json.writeStringProperty("outcome", entry.outcome());
        Json.millis(json, "startMs", entry.startNanos());
        Json.millis(json, "durationMs", entry.durationNanos());
        if (entry.delayNanos().isPresent()) {
            Json.millis(json, "delayAfterMs", entry.delayNanos().getAsLong());
        } else {
            json.writeNullProperty("delayAfterMs");
        }
        json.writeEndObject();
    }
}
