package dev.respite.idempotency.test;

import static dev.respite.idempotency.test.StoreFixtures.LONG;
import static dev.respite.idempotency.test.StoreFixtures.SHORT;
import static dev.respite.idempotency.test.StoreFixtures.as;
import static dev.respite.idempotency.test.StoreFixtures.millis;
import static dev.respite.idempotency.test.StoreFixtures.newKey;
import static dev.respite.idempotency.test.StoreFixtures.newOwner;
import static dev.respite.idempotency.test.StoreFixtures.now;
import static dev.respite.idempotency.test.StoreFixtures.recordWrite;
import static dev.respite.idempotency.test.StoreFixtures.settled;
import static dev.respite.idempotency.test.StoreFixtures.started;
import static dev.respite.idempotency.test.StoreFixtures.terms;
import static dev.respite.idempotency.test.StoreFixtures.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of {@link IdempotencyStore#purge}, and of the mark that it leaves. */
interface PurgeContract extends StoreUnderTest {

    /**
     * An expired DONE or READY record is removed; the next record of the key has a higher fence.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"DONE", "READY"})
    default void purge_settledAndExpired_isRemoved(State state) {
        IdempotencyRecord record = settled(store(), state, SHORT);
        advance(SHORT.multipliedBy(2));
        store().purge(10_000);
        assertThat(store().find(record.key())).isEmpty();
        IdempotencyRecord next = written(store().putIfAbsent(record.key(), recordWrite(State.STARTED, newOwner())));
        assertThat(next.ownerToken().fence()).isGreaterThan(record.ownerToken().fence());
    }

    /**
     * A record in any other state is never removed.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"STARTED", "EFFECT_STARTED", "UNKNOWN"})
    default void purge_notSettled_isNeverRemoved(State state) {
        IdempotencyRecord record = settled(store(), state, SHORT);
        advance(SHORT.multipliedBy(2));
        store().purge(10_000);
        assertThat(store().find(record.key()).map(IdempotencyRecord::state)).contains(state);
    }

    /** A record is not removed before it expires. */
    @Test
    default void purge_notExpired_isNotRemoved() {
        IdempotencyRecord done = settled(store(), State.DONE, LONG);
        advance(SHORT.multipliedBy(2));
        store().purge(10_000);
        assertThat(store().find(done.key())).isPresent();
    }

    /**
     * After a purge, a key that is not later than a purged one is rejected, even if it is recent by the clock: the clock may
     * have been ahead when the record expired. Later keys are admitted, including future ones within the skew.
     *
     * @param earlier by how many milliseconds the key is older than the purged one
     */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3_600_000})
    default void putIfAbsent_keyNotLaterThanOneThatWasPurged_isNotAdmitted(long earlier) {
        Assumptions.assumeTrue(rejectsKeysOlderThanPurgedOnes());
        Duration retention = Duration.ofDays(20);
        // Older than the keys of all other tests, because these may share the store.
        Instant minted = millis(now(store()).minus(Duration.ofDays(10)));
        IdempotencyRecord started =
                started(store(), new RecordWrite.Terms(SHORT, retention, SHORT, Optional.of(minted)));
        RecordWrite.Terms over = new RecordWrite.Terms(SHORT, SHORT, SHORT, Optional.of(minted));
        written(store().compareAndSet(
                        as(started),
                        recordWrite(State.DONE, started.ownerToken().owner(), over)));
        purgeAll();
        assertThat(store().find(started.key())).isEmpty();
        RecordWrite.Terms late = terms(retention, minted.minusMillis(earlier));
        StorageKey key = earlier == 0 ? started.key() : newKey();
        assertThat(store().putIfAbsent(key, recordWrite(State.STARTED, newOwner(), late)))
                .isInstanceOf(IdempotencyStore.Rejected.class);
        assertThat(store().find(key)).isEmpty();
        RecordWrite.Terms ahead = terms(retention, now(store()).plusSeconds(30));
        written(store().putIfAbsent(newKey(), recordWrite(State.STARTED, newOwner(), ahead)));
    }

    /** Keys without a time do not change the purge mark, and are exempt from it. */
    @Test
    default void purge_keysWithoutATime_leaveNoMark() {
        Assumptions.assumeTrue(rejectsKeysOlderThanPurgedOnes());
        IdempotencyRecord done = settled(store(), State.DONE, SHORT);
        Instant minted = millis(now(store()));
        purgeAll();
        written(store().putIfAbsent(done.key(), recordWrite(State.STARTED, newOwner())));
        written(store().putIfAbsent(newKey(), recordWrite(State.STARTED, newOwner(), terms(LONG, minted))));
    }

    private void purgeAll() {
        // A store in memory checks for expired records about once a second.
        advance(Duration.ofSeconds(3));
        while (store().purge(10_000) > 0) {
            // Purge all expired records.
        }
    }
}
