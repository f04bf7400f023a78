package dev.respite.idempotency.http;

import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Maps each result to an HTTP response. */
final class Replies {

    private static final int FIRST_REDIRECT = 300;

    private static final Map<String, String> SOON = Map.of("Retry-After", "1");

    private Replies() {}

    static StoredResponse of(IdempotentResult result, Predicate<? super IdempotencyRecord> replayAuthorizer) {
        if (result instanceof IdempotentResult.Executed executed) {
            return executed.response();
        }
        if (result instanceof IdempotentResult.Replayed replayed) {
            return replayAuthorizer.test(replayed.record())
                    ? replayed(replayed.response())
                    : Problem.REPLAY_FORBIDDEN.reply();
        }
        if (result instanceof IdempotentResult.NotDone not) {
            return not.response();
        }
        if (result instanceof IdempotentResult.FailedWithUnknownEffect unsettled) {
            // Further requests with the same key get "outcome unknown".
            return with(unsettled.response(), "X-Should-Retry", "false");
        }
        if (result instanceof IdempotentResult.InProgress busy) {
            return inProgress(busy.retryAfter());
        }
        if (result instanceof IdempotentResult.Unknown unknown) {
            return Problem.OUTCOME_UNKNOWN.reply("the name of the record is " + unknown.key(), Map.of());
        }
        return rejected(((IdempotentResult.Rejected) result).reason()).reply();
    }

    private static Problem rejected(IdempotentResult.Reason reason) {
        return switch (reason) {
            case MISMATCH -> Problem.KEY_REUSED;
            case EXPIRED -> Problem.KEY_EXPIRED;
            case KEY_FROM_FUTURE -> Problem.KEY_POSTDATED;
            case OVER_QUOTA -> Problem.TOO_MANY_KEYS;
        };
    }

    static StoredResponse storeUnavailable() {
        return Problem.STORE_UNAVAILABLE.reply("send the request again with the same key", SOON);
    }

    private static StoredResponse inProgress(Duration wait) {
        // Retry-After has whole seconds; they are rounded up.
        long seconds = Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
        return Problem.IN_PROGRESS.reply(
                "send the request again with the same key",
                Map.of("Retry-After", Long.toString(seconds), "Retry-After-Ms", Long.toString(wait.toMillis())));
    }

    /** A success without its body has another status, because clients that read only the status would accept it as a success. */
    private static StoredResponse replayed(StoredResponse response) {
        if (response.hasBody()) {
            StoredResponse marked = with(response, HttpGuard.REPLAYED_HEADER, "true");
            return marked.headers().containsKey("Cache-Control") ? marked : with(marked, "Cache-Control", "no-store");
        }
        Map<String, String> location = new TreeMap<>(Map.of(HttpGuard.REPLAYED_HEADER, "true"));
        response.headers().getOrDefault("Location", List.of()).stream()
                .findFirst()
                .ifPresent(value -> location.put("Location", value));
        String detail = "the status was " + response.status() + ", and the request was not run again";
        return response.status() < FIRST_REDIRECT
                ? Problem.BODY_NOT_KEPT.reply(detail, location)
                : Problem.BODY_NOT_KEPT.reply(response.status(), detail, location);
    }

    static StoredResponse with(StoredResponse response, String header, String value) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(response.headers());
        headers.put(header, List.of(value));
        StoredResponse changed =
                StoredResponse.of(response.status(), headers, response.body().orElse(new byte[0]));
        return response.hasBody() ? changed : changed.withoutBody();
    }
}
