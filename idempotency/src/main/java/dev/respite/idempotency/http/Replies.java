package dev.respite.idempotency.http;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.StoredResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What each answer is in HTTP. */
final class Replies {

    private static final Map<String, String> SOON = Map.of("Retry-After", "1");

    private Replies() {}

    static StoredResponse of(Answer answer, Predicate<? super IdempotencyRecord> mayReplay) {
        if (answer instanceof Answer.Executed executed) {
            return executed.response();
        }
        if (answer instanceof Answer.Replayed replayed) {
            return mayReplay.test(replayed.record()) ? replayed(replayed.response()) : Problem.REPLAY_FORBIDDEN.reply();
        }
        if (answer instanceof Answer.NotDone not) {
            return not.response();
        }
        if (answer instanceof Answer.Unsettled unsettled) {
            // The same key is told "outcome unknown" from now on.
            return with(unsettled.response(), "X-Should-Retry", "false");
        }
        if (answer instanceof Answer.InProgress busy) {
            return inProgress(busy.askAgainIn());
        }
        if (answer instanceof Answer.Unknown unknown) {
            return Problem.OUTCOME_UNKNOWN.reply("the record of it is " + unknown.key(), Map.of());
        }
        return refused(answer).reply();
    }

    private static Problem refused(Answer answer) {
        if (answer instanceof Answer.Mismatch) {
            return Problem.KEY_REUSED;
        }
        if (answer instanceof Answer.Expired) {
            return Problem.KEY_EXPIRED;
        }
        return answer instanceof Answer.Postdated ? Problem.KEY_POSTDATED : Problem.TOO_MANY_KEYS;
    }

    static StoredResponse storeUnavailable() {
        return Problem.STORE_UNAVAILABLE.reply("try again with the same key", SOON);
    }

    private static StoredResponse inProgress(Duration wait) {
        // Whole seconds are all that Retry-After can say; they are rounded up.
        long seconds = Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
        return Problem.IN_PROGRESS.reply(
                "ask again with the same key",
                Map.of("Retry-After", Long.toString(seconds), "Retry-After-Ms", Long.toString(wait.toMillis())));
    }

    private static StoredResponse replayed(StoredResponse response) {
        if (response.body().isPresent()) {
            return with(response, HttpGuard.REPLAYED_HEADER, "true");
        }
        Map<String, String> location = new TreeMap<>(Map.of(HttpGuard.REPLAYED_HEADER, "true"));
        response.headers().getOrDefault("Location", List.of()).stream()
                .findFirst()
                .ifPresent(value -> location.put("Location", value));
        return Problem.BODY_NOT_KEPT.reply(response.status(), "it is done, and was not done again", location);
    }

    private static StoredResponse with(StoredResponse response, String header, String value) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(response.headers());
        headers.put(header, List.of(value));
        return StoredResponse.of(response.status(), headers, response.body().orElseThrow());
    }
}
