package dev.respite.idempotency.test;

import static dev.respite.idempotency.test.StoreFixtures.FINGERPRINT;
import static dev.respite.idempotency.test.StoreFixtures.LONG;
import static dev.respite.idempotency.test.StoreFixtures.SHORT;
import static dev.respite.idempotency.test.StoreFixtures.as;
import static dev.respite.idempotency.test.StoreFixtures.found;
import static dev.respite.idempotency.test.StoreFixtures.leaseOver;
import static dev.respite.idempotency.test.StoreFixtures.newKey;
import static dev.respite.idempotency.test.StoreFixtures.newOwner;
import static dev.respite.idempotency.test.StoreFixtures.now;
import static dev.respite.idempotency.test.StoreFixtures.recordWrite;
import static dev.respite.idempotency.test.StoreFixtures.refused;
import static dev.respite.idempotency.test.StoreFixtures.terms;
import static dev.respite.idempotency.test.StoreFixtures.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract of every {@link IdempotencyStore}, as JUnit tests. Implement it in a test class, and provide the store and a
 * way to advance its clock.
 *
 * <pre>{@code
 * class InMemoryStoreTest implements IdempotencyStoreContract {
 *
 *     private final VirtualTime time = new VirtualTime();
 *     private final IdempotencyStore store = InMemoryIdempotencyStore.of(Quota.defaults(), time);
 *
 *     public IdempotencyStore store() {
 *         return store;
 *     }
 *
 *     public void advance(Duration passed) {
 *         time.advance(passed);
 *     }
 * }
 * }</pre>
 *
 * <p>Each test uses new names of records, so the store need not be empty. It must have room for a few hundred records.
 */
public interface IdempotencyStoreContract {

    /**
     * Returns the store to test.
     *
     * @return the store, the same throughout a test
     */
    IdempotencyStore store();

    /**
     * Advances the time of the store: by its own clock, by setting the times of its records back, or by waiting.
     *
     * @param time the minimum duration, 50 ms to 3 s
     */
    void advance(Duration time);

    /**
     * Returns whether the store rejects a key that is older than a purged one, whatever the time of its clock.
     *
     * @return true; override it for a store whose records expire without such a mark
     */
    default boolean rejectsKeysOlderThanPurgedOnes() {
        return true;
    }

    /**
     * Returns whether the store can list and count its records.
     *
     * @return true; override it for a store that cannot
     */
    default boolean supportsListing() {
        return true;
    }

    /** A new record is written and read with the given contents. */
    @Test
    default void putIfAbsent_noRecord_writesTheRecord() {
        StorageKey key = newKey();
        Instant before = now(store());
        IdempotencyRecord record =
                written(store().putIfAbsent(key, recordWrite(State.STARTED, "me", terms(SHORT, LONG))));
        Instant after = now(store());
        assertThat(record.key()).isEqualTo(key);
        assertThat(record.state()).isEqualTo(State.STARTED);
        assertThat(record.ownerToken().owner()).isEqualTo("me");
        assertThat(record.fingerprint()).isEqualTo(FINGERPRINT);
        assertThat(record.claims()).isEqualTo(1);
        assertThat(record.response()).isEmpty();
        assertThat(record.times().keyTime()).isEmpty();
        assertThat(record.times().leaseUntil()).isBetween(before.plus(SHORT), after.plus(SHORT));
        assertThat(record.times().expiresAt()).isBetween(before.plus(LONG), after.plus(LONG));
        assertThat(store().find(key)).contains(record);
    }

    /** An existing record is not changed, and is returned. */
    @Test
    default void putIfAbsent_record_isFoundAndLeftAsItIs() {
        StorageKey key = newKey();
        IdempotencyRecord first = written(store().putIfAbsent(key, recordWrite(State.STARTED, newOwner())));
        IdempotencyStore.Found found = found(store().putIfAbsent(key, recordWrite(State.EFFECT_STARTED, newOwner())));
        assertThat(found.record()).isEqualTo(first);
        assertThat(store().find(key)).contains(first);
    }

    /** A claim whose reply was lost may be repeated: it finds its own record. */
    @Test
    default void putIfAbsent_sentAgain_findsItsOwn() {
        StorageKey key = newKey();
        RecordWrite write = recordWrite(State.STARTED, newOwner());
        IdempotencyRecord first = written(store().putIfAbsent(key, write));
        assertThat(found(store().putIfAbsent(key, write)).record()).isEqualTo(first);
    }

    /** Names are case-sensitive. */
    @Test
    default void putIfAbsent_namesThatDifferInCaseOnly_areTwoRecords() {
        StorageKey any = newKey();
        StorageKey small = new StorageKey("a" + any.value().substring(1), any.scope());
        StorageKey large = new StorageKey("A" + any.value().substring(1), any.scope());
        written(store().putIfAbsent(small, recordWrite(State.STARTED, newOwner())));
        written(store().putIfAbsent(large, recordWrite(State.STARTED, newOwner())));
    }

    /** A missing record is not found. */
    @Test
    default void find_noRecord_isEmpty() {
        assertThat(store().find(newKey())).isEmpty();
    }

    /** A key older than the retention is not admitted if there is no record. */
    @Test
    default void putIfAbsent_keyOlderThanTheRetention_isNotAdmitted() {
        RecordWrite.Terms tooOld = terms(LONG, now(store()).minus(LONG));
        assertNotAdmitted(tooOld);
    }

    /** A key whose time is ahead by more than the skew is not admitted. */
    @Test
    default void putIfAbsent_keyAheadOfTime_isNotAdmitted() {
        assertNotAdmitted(terms(LONG, now(store()).plus(LONG)));
    }

    private void assertNotAdmitted(RecordWrite.Terms terms) {
        StorageKey key = newKey();
        IdempotencyStore.Put put = store().putIfAbsent(key, recordWrite(State.STARTED, newOwner(), terms));
        assertThat(put).isInstanceOf(IdempotencyStore.NotAdmitted.class);
        assertThat(terms.isAdmitted(((IdempotencyStore.NotAdmitted) put).storeNow()))
                .isFalse();
        assertThat(store().find(key)).isEmpty();
    }

    /** An existing record is found, however old its key is. */
    @Test
    default void putIfAbsent_oldKeyWithARecord_isFound() {
        StorageKey key = newKey();
        Instant minted = millis(now(store()).minus(SHORT));
        IdempotencyRecord first =
                written(store().putIfAbsent(key, recordWrite(State.STARTED, "a", terms(LONG, minted))));
        assertThat(first.times().keyTime()).contains(minted);
        IdempotencyStore.Put again = store().putIfAbsent(key, recordWrite(State.STARTED, "b", terms(SHORT, minted)));
        assertThat(found(again).record()).isEqualTo(first);
    }

    /** The retention of a key with a future time begins at the key time. */
    @Test
    default void putIfAbsent_keyALittleAhead_isKeptLonger() {
        Instant minted = millis(now(store()).plusSeconds(30));
        IdempotencyRecord record =
                written(store().putIfAbsent(newKey(), recordWrite(State.STARTED, newOwner(), terms(LONG, minted))));
        assertThat(record.times().expiresAt()).isEqualTo(minted.plus(LONG));
    }

    /** UUIDs have milliseconds, and stores may have microseconds only. */
    private static Instant millis(Instant time) {
        return Instant.ofEpochMilli(time.toEpochMilli());
    }

    /**
     * Each state can be written and read.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(State.class)
    default void compareAndSet_asExpected_writesEveryState(State state) {
        IdempotencyRecord started = started(terms(LONG, LONG));
        String owner = started.ownerToken().owner();
        IdempotencyRecord record = written(store().compareAndSet(as(started), recordWrite(state, owner)));
        assertThat(record.state()).isEqualTo(state);
        assertThat(record.ownerToken()).isEqualTo(started.ownerToken());
        assertThat(record.response()).isEqualTo(recordWrite(state, owner).response());
        assertThat(store().find(started.key())).contains(record);
    }

    /** A response is stored without any change. */
    @Test
    default void compareAndSet_response_isKeptToTheByte() {
        byte[] all = new byte[70_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Map<String, List<String>> headers =
                Map.of("Link", List.of("</a>; rel=\"next\"", "</b>"), "Content-Type", List.of("text/plain"));
        StoredResponse whole = StoredResponse.of(201, headers, all).withEffectRef("payment 4711 'ü€");
        for (StoredResponse response : List.of(whole, whole.withoutBody(), StoredResponse.empty())) {
            IdempotencyRecord started = started(terms(LONG, LONG));
            RecordWrite done = new RecordWrite(
                    State.DONE, started.ownerToken().owner(), FINGERPRINT, 3, terms(LONG, LONG), Optional.of(response));
            assertThat(written(store().compareAndSet(as(started), done)).response())
                    .contains(response);
            IdempotencyRecord read = store().find(started.key()).orElseThrow();
            assertThat(read.response()).contains(response);
            assertThat(read.claims()).isEqualTo(3);
        }
    }

    /** If state, fence, owner or name differ, the record is not changed. */
    @Test
    default void compareAndSet_notAsExpected_changesNothing() {
        IdempotencyRecord record = started(terms(LONG, LONG));
        String owner = record.ownerToken().owner();
        long fence = record.ownerToken().fence();
        RecordWrite done = recordWrite(State.DONE, owner);
        assertThat(refused(store().compareAndSet(as(record, State.EFFECT_STARTED, owner, fence), done)))
                .contains(record);
        assertThat(refused(store().compareAndSet(as(record, State.STARTED, newOwner(), fence), done)))
                .contains(record);
        assertThat(refused(store().compareAndSet(as(record, State.STARTED, owner, fence + 1), done)))
                .contains(record);
        assertThat(refused(store().compareAndSet(as(record, State.STARTED, owner, fence - 1), done)))
                .contains(record);
        assertThat(store().find(record.key())).contains(record);
    }

    /** A missing record cannot be changed. */
    @Test
    default void compareAndSet_noRecord_isRejectedAndWritesNothing() {
        StorageKey missing = newKey();
        IdempotencyStore.Swap swap = store().compareAndSet(
                        new Precondition(new OwnerToken(missing, 1, "me"), State.STARTED, false),
                        recordWrite(State.DONE, "me"));
        assertThat(refused(swap)).isEmpty();
        assertThat(store().find(missing)).isEmpty();
    }

    /** The same owner keeps its fence; another owner gets a higher one. */
    @Test
    default void compareAndSet_anotherOwner_getsAHigherFence() {
        IdempotencyRecord first = started(terms(LONG, LONG));
        IdempotencyRecord ready = written(store().compareAndSet(
                        as(first), recordWrite(State.READY, first.ownerToken().owner())));
        assertThat(ready.ownerToken()).isEqualTo(first.ownerToken());
        IdempotencyRecord second = written(store().compareAndSet(as(ready), recordWrite(State.STARTED, newOwner())));
        assertThat(second.ownerToken().fence()).isGreaterThan(first.ownerToken().fence());
        assertThat(refused(store().compareAndSet(
                                as(first),
                                recordWrite(State.DONE, first.ownerToken().owner()))))
                .contains(second);
    }

    /** A change that requires the end of the lease is rejected before. */
    @Test
    default void compareAndSet_leaseMustBeOver_isRejectedUntilItIs() {
        IdempotencyRecord held = started(terms(LONG, LONG));
        assertThat(refused(store().compareAndSet(leaseOver(held), recordWrite(State.STARTED, newOwner()))))
                .contains(held);
        IdempotencyRecord left = started(terms(SHORT, LONG));
        advance(SHORT.multipliedBy(2));
        IdempotencyRecord taken =
                written(store().compareAndSet(leaseOver(left), recordWrite(State.STARTED, newOwner())));
        assertThat(taken.ownerToken().fence()).isGreaterThan(left.ownerToken().fence());
    }

    /** If the lease does not matter, a slow owner may still change its record. */
    @Test
    default void compareAndSet_leaseOverButNotTaken_isDone() {
        IdempotencyRecord slow = started(terms(SHORT, LONG));
        advance(SHORT.multipliedBy(2));
        written(store().compareAndSet(
                        as(slow), recordWrite(State.DONE, slow.ownerToken().owner())));
    }

    /** Each write renews the lease and the retention. */
    @Test
    default void compareAndSet_sameState_beginsTheLeaseAnew() {
        IdempotencyRecord first = started(terms(SHORT, LONG));
        advance(SHORT.multipliedBy(2));
        Instant now = now(store());
        RecordWrite renewed = recordWrite(State.STARTED, first.ownerToken().owner(), terms(LONG, LONG));
        IdempotencyRecord again = written(store().compareAndSet(as(first), renewed));
        assertThat(again.times().leaseUntil()).isAfterOrEqualTo(now.plus(LONG));
        assertThat(again.times().expiresAt()).isAfterOrEqualTo(now.plus(LONG));
        assertThat(refused(store().compareAndSet(leaseOver(again), recordWrite(State.STARTED, newOwner()))))
                .contains(again);
    }

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
        IdempotencyRecord record = settled(state, SHORT);
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
        IdempotencyRecord record = settled(state, SHORT);
        advance(SHORT.multipliedBy(2));
        store().purge(10_000);
        assertThat(store().find(record.key()).map(IdempotencyRecord::state)).contains(state);
    }

    /** A record is not removed before it expires. */
    @Test
    default void purge_notExpired_isNotRemoved() {
        IdempotencyRecord done = settled(State.DONE, LONG);
        advance(SHORT);
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
        IdempotencyRecord started = started(new RecordWrite.Terms(SHORT, retention, SHORT, Optional.of(minted)));
        RecordWrite.Terms over = new RecordWrite.Terms(SHORT, SHORT, SHORT, Optional.of(minted));
        written(store().compareAndSet(
                        as(started),
                        recordWrite(State.DONE, started.ownerToken().owner(), over)));
        // A store in memory checks for expired records about once a second.
        advance(Duration.ofSeconds(3));
        while (store().purge(10_000) > 0) {
            // Purge all expired records.
        }
        assertThat(store().find(started.key())).isEmpty();
        RecordWrite.Terms late = terms(retention, minted.minusMillis(earlier));
        StorageKey key = earlier == 0 ? started.key() : newKey();
        assertThat(store().putIfAbsent(key, recordWrite(State.STARTED, newOwner(), late)))
                .isInstanceOf(IdempotencyStore.NotAdmitted.class);
        assertThat(store().find(key)).isEmpty();
        RecordWrite.Terms ahead = terms(retention, now(store()).plusSeconds(30));
        written(store().putIfAbsent(newKey(), recordWrite(State.STARTED, newOwner(), ahead)));
    }

    /** Keys without a time do not change the purge mark, and are exempt from it. */
    @Test
    default void purge_keysWithoutATime_leaveNoMark() {
        IdempotencyRecord done = settled(State.DONE, SHORT);
        Instant minted = millis(now(store()));
        advance(SHORT.multipliedBy(2));
        store().purge(10_000);
        written(store().putIfAbsent(done.key(), recordWrite(State.STARTED, newOwner())));
        written(store().putIfAbsent(newKey(), recordWrite(State.STARTED, newOwner(), terms(LONG, minted))));
    }

    /**
     * Records are listed by state, in the order of their names, page by page, with the same contents as when they are found.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(State.class)
    default void list_pageByPage_hasEachRecordOfTheState(State state) {
        Assumptions.assumeTrue(supportsListing());
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 5; i++) {
            expected.add(settled(state, LONG).key().value());
            settled(state == State.UNKNOWN ? State.READY : State.UNKNOWN, LONG);
        }
        List<IdempotencyRecord> all = new ArrayList<>();
        Optional<StorageKey> last = Optional.empty();
        List<IdempotencyRecord> page;
        do {
            page = store().list(state, last, 3);
            all.addAll(page);
            last = page.isEmpty() ? last : Optional.of(page.get(page.size() - 1).key());
        } while (page.size() == 3);
        List<String> names = all.stream().map(record -> record.key().value()).toList();
        assertThat(names).isSorted().doesNotHaveDuplicates().containsAll(expected);
        assertThat(all).allSatisfy(record -> {
            assertThat(record.state()).isEqualTo(state);
            IdempotencyRecord found = store().find(record.key()).orElseThrow();
            assertThat(record).isEqualTo(found);
        });
    }

    /** A record is counted in its current state. */
    @Test
    default void count_recordThatIsResolved_isCountedNoMore() {
        Assumptions.assumeTrue(supportsListing());
        long before = store().count(State.UNKNOWN);
        IdempotencyRecord unknown = settled(State.UNKNOWN, LONG);
        assertThat(store().count(State.UNKNOWN)).isEqualTo(before + 1);
        written(store().compareAndSet(
                        as(unknown),
                        recordWrite(State.READY, unknown.ownerToken().owner())));
        assertThat(store().count(State.UNKNOWN)).isEqualTo(before);
    }

    /** Of concurrent claims of one key, one writes the record and the others find it. */
    @Test
    default void putIfAbsent_manyAtOnce_oneIsWritten() {
        StorageKey key = newKey();
        List<IdempotencyStore.Put> puts =
                ConcurrentRuns.run(16, () -> store().putIfAbsent(key, recordWrite(State.STARTED, newOwner())));
        Set<IdempotencyRecord> records = puts.stream()
                .map(put -> put instanceof IdempotencyStore.Written written
                        ? written.record()
                        : found(put).record())
                .collect(Collectors.toSet());
        assertThat(puts).filteredOn(IdempotencyStore.Written.class::isInstance).hasSize(1);
        assertThat(records).hasSize(1);
    }

    /** Of concurrent takeovers of one record, one succeeds. */
    @Test
    default void compareAndSet_manyAtOnce_oneIsWritten() {
        IdempotencyRecord left = started(terms(SHORT, LONG));
        advance(SHORT.multipliedBy(2));
        List<IdempotencyStore.Swap> swaps = ConcurrentRuns.run(
                16, () -> store().compareAndSet(leaseOver(left), recordWrite(State.STARTED, newOwner())));
        List<IdempotencyStore.Swap> written = swaps.stream()
                .filter(IdempotencyStore.Written.class::isInstance)
                .toList();
        assertThat(written).hasSize(1);
        assertThat(store().find(left.key())).contains(written(written.get(0)));
    }

    private IdempotencyRecord started(RecordWrite.Terms terms) {
        return written(store().putIfAbsent(newKey(), recordWrite(State.STARTED, newOwner(), terms)));
    }

    private IdempotencyRecord settled(State state, Duration retention) {
        IdempotencyRecord started = started(terms(SHORT, LONG));
        RecordWrite write = recordWrite(state, started.ownerToken().owner(), terms(SHORT, retention));
        return written(store().compareAndSet(as(started), write));
    }
}
