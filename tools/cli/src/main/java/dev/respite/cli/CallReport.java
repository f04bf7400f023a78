package dev.respite.cli;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.cli.console.Json;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Records one call for {@code --report}, and writes the report after the call has ended. */
final class CallReport implements RetryListener {

    private final URI url;
    private final ResponseHints reader;
    private final SecretMask mask;
    private final Map<Integer, Duration> hints = new ConcurrentHashMap<>();
    private volatile Optional<RetryEvent.CallEnded> end = Optional.empty();

    CallReport(URI url, ResponseHints reader, SecretMask mask) {
        this.url = url;
        this.reader = reader;
        this.mask = mask;
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed) {
            int number = failed.attempt().number();
            reader.delayAfter(failed.outcome()).ifPresent(hint -> hints.put(number, hint));
            // Keeps the first and the last hints, as the history does.
            if (number > 2 * History.MAX_LISTED) {
                hints.remove(number - History.MAX_LISTED);
            }
        } else if (event instanceof RetryEvent.CallEnded ended) {
            end = Optional.of(ended);
        }
    }

    /** Returns the report of the call; empty if it has not ended. */
    Optional<String> text() {
        return end.map(ended -> json(ended).text());
    }

    private Json json(RetryEvent.CallEnded ended) {
        History happened = ended.history();
        Optional<Integer> status = ResponseHints.response(ended.outcome()).map(HttpResponse::statusCode);
        Optional<String> error = Optional.empty();
        if (ended.outcome() instanceof Outcome.Failure<?> failure) {
            error = Optional.of(mask.text(NetworkErrors.reason(failure.error())));
        }
        return Json.object()
                .put("url", mask.text(url.toString()))
                .put("status", status)
                .put("error", error)
                .put(
                        "attempts",
                        Stream.concat(happened.first().stream(), happened.last().stream())
                                .map(this::json)
                                .toList())
                .put("omitted", happened.omitted())
                .put(
                        "stopReason",
                        happened.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("elapsedMs", Json.millis(happened.elapsed().toNanos()));
    }

    private Json json(History.Entry entry) {
        Optional<Long> delay =
                entry.delayNanos().isPresent() ? Optional.of(entry.delayNanos().getAsLong()) : Optional.empty();
        return Json.object()
                .put("number", entry.number())
                .put("outcome", entry.outcome())
                .put("startMs", Json.millis(entry.startNanos()))
                .put("durationMs", Json.millis(entry.durationNanos()))
                .put("delayAfterMs", delay.map(Json::millis))
                .put("hintMs", Optional.ofNullable(hints.get(entry.number())).map(hint -> Json.millis(hint.toNanos())));
    }
}
