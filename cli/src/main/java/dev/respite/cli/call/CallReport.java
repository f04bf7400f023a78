package dev.respite.cli.call;

import dev.respite.History;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.cli.console.Json;
import dev.respite.outcome.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** Records one call for {@code --report}, and writes the report after the call has ended. */
final class CallReport implements RetryListener {

    private final URI url;
    private final ResponseHints reader;
    private final Map<Integer, Duration> hints = new ConcurrentHashMap<>();
    private volatile Optional<RetryEvent.CallEnded> end = Optional.empty();

    CallReport(URI url, ResponseHints reader) {
        this.url = url;
        this.reader = reader;
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed) {
            int number = failed.attempt().number();
            reader.delayAfter(failed.outcome()).ifPresent(hint -> hints.put(number, hint));
            // Keeps the first and the last hints, as the history does.
            if (number > 2 * History.KEPT) {
                hints.remove(number - History.KEPT);
            }
        } else if (event instanceof RetryEvent.CallEnded ended) {
            end = Optional.of(ended);
        }
    }

    /** Overwrites the file. A pipe or a device keeps its kind. */
    void writeTo(Path file) throws IOException {
        if (end.isPresent()) {
            RetryEvent.CallEnded ended = end.get();
            Files.write(file, Json.object(json -> write(json, ended)));
        }
    }

    private void write(JsonGenerator json, RetryEvent.CallEnded ended) {
        History happened = ended.history();
        json.writeStringProperty("url", url.toString());
        json.writeName("status");
        if (ended.outcome() instanceof Outcome.Success<?> success
                && success.value() instanceof HttpResponse<?> response) {
            json.writeNumber(response.statusCode());
        } else {
            json.writeNull();
        }
        json.writeName("error");
        if (ended.outcome() instanceof Outcome.Failure<?> failure) {
            json.writeString(NetworkErrors.reason(failure.error()));
        } else {
            json.writeNull();
        }
        json.writeArrayPropertyStart("attempts");
        Stream.concat(happened.first().stream(), happened.last().stream()).forEach(entry -> attempt(json, entry));
        json.writeEndArray();
        json.writeNumberProperty("omitted", happened.omitted());
        json.writeStringProperty(
                "stopReason", happened.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        Json.millis(json, "elapsedMs", happened.elapsed().toNanos());
    }

    private void attempt(JsonGenerator json, History.Entry entry) {
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
        Duration hint = hints.get(entry.number());
        if (hint != null) {
            Json.millis(json, "hintMs", hint.toNanos());
        } else {
            json.writeNullProperty("hintMs");
        }
        json.writeEndObject();
    }
}
