package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.Quota;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InMemoryQuotaTest {

    private final VirtualTime time = new VirtualTime();
    private int effects;

    private ExternalIdempotency with(Quota quota) {
        return ExternalIdempotency.of(IdempotencyEngine.of(InMemoryIdempotencyStore.of(quota, time), time));
    }

    private IdempotentResult ask(ExternalIdempotency idempotency, String scope, int key, int bytes) {
        return idempotency.execute(call(scope, "pay", "k" + key, 1), execution -> {
            effects++;
            return StoredResponse.of(200, Map.of(), new byte[bytes]);
        });
    }

    @Test
    void fault49_scopeIsFull_othersAreNot() {
        ExternalIdempotency idempotency = with(new Quota(1_000, 10, 1 << 20));
        for (int i = 0; i < 100; i++) {
            assertThat(ask(idempotency, "mallory", i, 0))
                    .isInstanceOf(i < 10 ? IdempotentResult.Executed.class : IdempotentResult.Rejected.class);
        }
        assertThat(ask(idempotency, "alice", 1, 0)).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(effects).isEqualTo(11);
    }

    @Test
    void full_knownKeys_areStillReplayed() {
        ExternalIdempotency idempotency = with(new Quota(3, 3, 1 << 20));
        for (int i = 0; i < 10; i++) {
            ask(idempotency, "s" + i, i, 0);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(ask(idempotency, "s" + i, i, 0)).isInstanceOf(IdempotentResult.Replayed.class);
        }
        assertThat(effects).isEqualTo(3);
    }

    @Test
    void fullByBytes_newKeysAreRejected() {
        ExternalIdempotency idempotency = with(new Quota(1_000, 1_000, 100_000));
        int executed = 0;
        for (int i = 0; i < 10; i++) {
            executed += ask(idempotency, "a", i, 40_000) instanceof IdempotentResult.Executed ? 1 : 0;
        }
        assertThat(executed).isEqualTo(3);
    }

    @Test
    void expired_makesRoomAgain() {
        ExternalIdempotency idempotency = with(new Quota(2, 2, 1 << 20));
        for (int round = 0; round < 5; round++) {
            assertThat(ask(idempotency, "a", 1, 100)).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(ask(idempotency, "a", 2 + round, 100)).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(ask(idempotency, "a", 99, 100))
                    .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.OVER_QUOTA));
            time.advance(Duration.ofHours(25));
        }
        assertThat(effects).isEqualTo(10);
    }

    /** Nothing of an expired record is counted, however often the store is full. */
    @Test
    void fullByBytes_expired_makesRoomAgain() {
        ExternalIdempotency idempotency = with(new Quota(1_000, 1_000, 100_000));
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 5; i++) {
                assertThat(ask(idempotency, "a", i, 40_000))
                        .isInstanceOf(i < 3 ? IdempotentResult.Executed.class : IdempotentResult.Rejected.class);
            }
            time.advance(Duration.ofHours(25));
        }
    }

    @Test
    void fullByHeaders_newKeysAreRejected() {
        ExternalIdempotency idempotency = with(new Quota(1_000, 1_000, 100_000));
        StoredResponse response =
                StoredResponse.of(200, Map.of("Link", List.of("x".repeat(20_000), "y".repeat(20_000))), new byte[0]);
        int executed = 0;
        for (int i = 0; i < 10; i++) {
            executed += idempotency.execute(call("k" + i), execution -> response) instanceof IdempotentResult.Executed
                    ? 1
                    : 0;
        }
        assertThat(executed).isEqualTo(3);
    }

    @Test
    void expired_makesRoomForAsManyAsExpired() {
        ExternalIdempotency idempotency = with(new Quota(1_000, 3, 1 << 20));
        ask(idempotency, "a", 1, 0);
        time.advance(Duration.ofHours(12));
        ask(idempotency, "a", 2, 0);
        ask(idempotency, "a", 3, 0);
        time.advance(Duration.ofHours(13));
        assertThat(ask(idempotency, "a", 4, 0)).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(ask(idempotency, "a", 5, 0)).isInstanceOf(IdempotentResult.Rejected.class);
    }
}
