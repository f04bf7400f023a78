package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Fences of a key rise, even if the sequence was reset: logical replication copies none, and neither does a backup of the table. */
@ParameterizedClass
@MethodSource("dev.respite.idempotency.jdbc.TestDatabase#eachAndH2LikePostgresql")
record FenceTest(TestDatabase database) {

    private static final long ABOVE_THE_CLOCK = 9_000_000_000_000_000L;

    /** The sequence is above 1, as after some use. */
    @BeforeEach
    void useSequence() {
        for (int i = 0; i < 5; i++) {
            claim(LedgerFixture.call());
        }
    }

    @AfterEach
    void resetSequence() {
        restart(1);
    }

    @Test
    void takeover_sequenceWasReset_getsAHigherFence() {
        IdempotencyRecord first = claim(LedgerFixture.call());
        restart(1);
        assertThat(takeOver(first).ownerToken().fence())
                .isGreaterThan(first.ownerToken().fence());
    }

    @Test
    void takeover_fenceAboveClockAndSequence_getsTheNextFence() {
        IdempotentCall call = LedgerFixture.call();
        claim(call);
        TestDatabase.run(
                database.dataSource(),
                "UPDATE respite_idempotency SET fence = " + ABOVE_THE_CLOCK + " WHERE storage_key = '"
                        + call.storageKey().value() + "'");
        assertThat(takeOver(store().find(call.storageKey()).orElseThrow())
                        .ownerToken()
                        .fence())
                .isEqualTo(ABOVE_THE_CLOCK + 1);
    }

    @Test
    void takeover_sequenceAboveTheFence_getsAValueOfTheSequence() {
        IdempotencyRecord first = claim(LedgerFixture.call());
        restart(ABOVE_THE_CLOCK);
        assertThat(takeOver(first).ownerToken().fence()).isBetween(ABOVE_THE_CLOCK, ABOVE_THE_CLOCK + 9);
    }

    @Test
    void newRecord_sequenceWasResetAndTheRecordRemoved_getsAHigherFence() {
        IdempotentCall call = LedgerFixture.call();
        IdempotencyRecord first = claim(call);
        TestDatabase.run(
                database.dataSource(),
                "DELETE FROM respite_idempotency WHERE storage_key = '"
                        + call.storageKey().value() + "'");
        restart(1);
        assertThat(claim(call).ownerToken().fence())
                .isGreaterThan(first.ownerToken().fence());
    }

    @Test
    void newRecord_sequenceAboveTheClock_getsAValueOfTheSequence() {
        restart(ABOVE_THE_CLOCK);
        assertThat(claim(LedgerFixture.call()).ownerToken().fence()).isBetween(ABOVE_THE_CLOCK, ABOVE_THE_CLOCK + 9);
    }

    private IdempotencyStore store() {
        return JdbcIdempotencyStore.of(database.dataSource());
    }

    private void restart(long value) {
        TestDatabase.run(database.dataSource(), "ALTER SEQUENCE respite_fence RESTART WITH " + value);
    }

    private IdempotencyRecord claim(IdempotentCall call) {
        return claim(store(), call);
    }

    static IdempotencyRecord claim(IdempotencyStore store, IdempotentCall call) {
        IdempotencyStore.Put put = store.putIfAbsent(call.storageKey(), write(call));
        return ((IdempotencyStore.Written) put).record();
    }

    private IdempotencyRecord takeOver(IdempotencyRecord record) {
        return takeOver(store(), record);
    }

    static IdempotencyRecord takeOver(IdempotencyStore store, IdempotencyRecord record) {
        IdempotencyStore.Swap swap = store.compareAndSet(
                new Precondition(record.ownerToken(), State.STARTED, false), write(LedgerFixture.call()));
        return ((IdempotencyStore.Written) swap).record();
    }

    private static RecordWrite write(IdempotentCall call) {
        Duration hour = Duration.ofHours(1);
        return new RecordWrite(
                State.STARTED,
                UUID.randomUUID().toString(),
                call.fingerprints().get(0),
                1,
                new RecordWrite.Terms(hour, hour, hour, Optional.empty()),
                Optional.empty());
    }
}
