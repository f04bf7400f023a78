package dev.respite.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RepliesTest {

    /** Retry-After knows whole seconds only: never less than was meant. */
    @ParameterizedTest
    @CsvSource({"0,1,0", "1,1,1", "999,1,999", "1000,1,1000", "1001,2,1001"})
    void inProgress_wait_isRoundedUp(long millis, String seconds, String inMillis) {
        StoredResponse reply = Replies.of(new IdempotentResult.InProgress(Duration.ofMillis(millis)), record -> true);
        assertThat(reply.headers().get("Retry-After")).isEqualTo(List.of(seconds));
        assertThat(reply.headers().get("Retry-After-Ms")).isEqualTo(List.of(inMillis));
    }

    /** A client that reads only the status must not accept it as the first response, and must not repeat the request. */
    @ParameterizedTest
    @CsvSource({"200,410", "201,410", "303,303", "422,422"})
    void replay_bodyNotKept_isNoSuccess(int status, int replayed) {
        StoredResponse kept = StoredResponse.of(
                        status, Map.of("Location", List.of("/payments/1"), "ETag", List.of("1")), new byte[1])
                .withoutBody();
        StoredResponse reply = Replies.of(new IdempotentResult.Replayed(kept, record(kept)), record -> true);
        assertThat(reply.status()).isEqualTo(replayed);
        assertThat(reply.text().orElseThrow())
                .contains(
                        "urn:respite:idempotency:body-not-kept", "\"status\":" + replayed, "the status was " + status);
        assertThat(reply.headers())
                .containsEntry("Location", List.of("/payments/1"))
                .containsEntry("Idempotent-Replayed", List.of("true"))
                .containsEntry("Cache-Control", List.of("no-store"))
                .doesNotContainKey("ETag");
        assertThat(reply.headers().get("X-Should-Retry")).isEqualTo(replayed < 400 ? null : List.of("false"));
    }

    @ParameterizedTest
    @EnumSource
    void problem_isStoredByNoCache(Problem problem) {
        assertThat(problem.reply().headers()).containsEntry("Cache-Control", List.of("no-store"));
    }

    private static IdempotencyRecord record(StoredResponse response) {
        StorageKey key = Scope.of("alice").storageKey("pay", IdempotencyKey.of("k"));
        IdempotencyRecord.Times times = new IdempotencyRecord.Times(Instant.EPOCH, Instant.EPOCH, Optional.empty());
        return new IdempotencyRecord(
                new OwnerToken(key, 1, "me"),
                State.DONE,
                Fingerprint.of("1", new byte[1]),
                1,
                times,
                Optional.of(response));
    }
}
