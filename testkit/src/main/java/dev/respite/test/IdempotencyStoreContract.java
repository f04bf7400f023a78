package dev.respite.test;

import static dev.respite.test.Drafting.ASKED;
import static dev.respite.test.Drafting.LONG;
import static dev.respite.test.Drafting.SHORT;
import static dev.respite.test.Drafting.as;
import static dev.respite.test.Drafting.draft;
import static dev.respite.test.Drafting.found;
import static dev.respite.test.Drafting.leaseOver;
import static dev.respite.test.Drafting.newKey;
import static dev.respite.test.Drafting.newOwner;
import static dev.respite.test.Drafting.now;
import static dev.respite.test.Drafting.refused;
import static dev.respite.test.Drafting.terms;
import static dev.respite.test.Drafting.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.Ownership;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoredResponse;
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
 * What every {@link IdempotencyStore} does, as JUnit tests. Implement it in a test class of yours, and say how to come by your
 * store and how its time passes.
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
 *     public void letPass(Duration passed) {
 *         time.advance(passed);
 *     }
 * }
 * }</pre>
 *
 * <p>Each test uses names of records that no other has, so the store need not be empty. It must have room for a few hundred.
 */
public interface IdempotencyStoreContract {

    /**
     * The store to test.
     *
     * @return the store, the same all through a test
     */
    IdempotencyStore store();

    /**
     * Lets time pass for the store: by its own clock, by setting back the times of its records, or by waiting.
     *
     * @param time how long at least; 50 ms to 3 s
     */
    void letPass(Duration time);

    /**
     * Whether the store refuses a key that is older than one that was purged, whatever its clock says.
     *
     * @return true; override it for a store whose records are removed by something that keeps no such mark
     */
    default boolean refusesKeysOlderThanPurgedOnes() {
        return true;
    }

    /**
     * Whether the store can list and count its records.
     *
     * @return true; override it for a store that cannot
     */
    default boolean lists() {
        return true;
    }

    /** A record that was not there is written and read as it was given. */
    @Test
    default void putIfAbsent_noRecord_writesTheDraft() {
        StorageKey key = newKey();
        Instant before = now(store());
        IdempotencyRecord record = written(store().putIfAbsent(key, draft(State.STARTED, "me", terms(SHORT, LONG))));
        Instant after = now(store());
        assertThat(record.key()).isEqualTo(key);
        assertThat(record.state()).isEqualTo(State.STARTED);
        assertThat(record.ownership().owner()).isEqualTo("me");
        assertThat(record.fingerprint()).isEqualTo(ASKED);
        assertThat(record.claims()).isEqualTo(1);
        assertThat(record.response()).isEmpty();
        assertThat(record.times().keyTime()).isEmpty();
        assertThat(record.times().leaseUntil()).isBetween(before.plus(SHORT), after.plus(SHORT));
        assertThat(record.times().expiresAt()).isBetween(before.plus(LONG), after.plus(LONG));
        assertThat(store().find(key)).contains(record);
    }

    /** A record that is there stays as it is, and is told. */
    @Test
    default void putIfAbsent_record_isFoundAndLeftAsItIs() {
        StorageKey key = newKey();
        IdempotencyRecord first = written(store().putIfAbsent(key, draft(State.STARTED, newOwner())));
        IdempotencyStore.Found found = found(store().putIfAbsent(key, draft(State.EFFECT_STARTED, newOwner())));
        assertThat(found.record()).isEqualTo(first);
        assertThat(store().find(key)).contains(first);
    }

    /** A claim whose answer was lost may be sent again: it finds itself. */
    @Test
    default void putIfAbsent_sentAgain_findsItsOwn() {
        StorageKey key = newKey();
        Draft draft = draft(State.STARTED, newOwner());
        IdempotencyRecord first = written(store().putIfAbsent(key, draft));
        assertThat(found(store().putIfAbsent(key, draft)).record()).isEqualTo(first);
    }

    /** Names are compared to the letter. */
    @Test
    default void putIfAbsent_namesThatDifferInCaseOnly_areTwoRecords() {
        StorageKey any = newKey();
        StorageKey small = new StorageKey("a" + any.value().substring(1), any.scope());
        StorageKey large = new StorageKey("A" + any.value().substring(1), any.scope());
        written(store().putIfAbsent(small, draft(State.STARTED, newOwner())));
        written(store().putIfAbsent(large, draft(State.STARTED, newOwner())));
    }

    /** Whoever does not find a record has nothing. */
    @Test
    default void find_noRecord_isEmpty() {
        assertThat(store().find(newKey())).isEmpty();
    }

    /** A key that is older than the retention is not admitted, where there is no record. */
    @Test
    default void putIfAbsent_keyOlderThanTheRetention_isNotAdmitted() {
        Draft.Terms tooOld = terms(LONG, now(store()).minus(LONG));
        assertNotAdmitted(tooOld);
    }

    /** A key that is dated further ahead than the skew is not admitted. */
    @Test
    default void putIfAbsent_keyAheadOfTime_isNotAdmitted() {
        assertNotAdmitted(terms(LONG, now(store()).plus(LONG)));
    }

    private void assertNotAdmitted(Draft.Terms terms) {
        StorageKey key = newKey();
        IdempotencyStore.Put put = store().putIfAbsent(key, draft(State.STARTED, newOwner(), terms));
        assertThat(put).isInstanceOf(IdempotencyStore.NotAdmitted.class);
        assertThat(terms.admit(((IdempotencyStore.NotAdmitted) put).storeNow())).isFalse();
        assertThat(store().find(key)).isEmpty();
    }

    /** A record that is there is found, however old its key. */
    @Test
    default void putIfAbsent_oldKeyWithARecord_isFound() {
        StorageKey key = newKey();
        Instant minted = millis(now(store()).minus(SHORT));
        IdempotencyRecord first = written(store().putIfAbsent(key, draft(State.STARTED, "a", terms(LONG, minted))));
        assertThat(first.times().keyTime()).contains(minted);
        IdempotencyStore.Put again = store().putIfAbsent(key, draft(State.STARTED, "b", terms(SHORT, minted)));
        assertThat(found(again).record()).isEqualTo(first);
    }

    /** A key dated a little ahead is kept until it is too old, not only for the retention. */
    @Test
    default void putIfAbsent_keyALittleAhead_isKeptLonger() {
        Instant minted = millis(now(store()).plusSeconds(30));
        IdempotencyRecord record =
                written(store().putIfAbsent(newKey(), draft(State.STARTED, newOwner(), terms(LONG, minted))));
        assertThat(record.times().expiresAt()).isEqualTo(minted.plus(LONG));
    }

    /** UUIDs have milliseconds, and stores need not have more than microseconds. */
    private static Instant millis(Instant time) {
        return Instant.ofEpochMilli(time.toEpochMilli());
    }

    /**
     * Each state can follow, and is read as it was written.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(State.class)
    default void compareAndSet_asExpected_writesEveryState(State state) {
        IdempotencyRecord started = started(terms(LONG, LONG));
        String owner = started.ownership().owner();
        IdempotencyRecord record = written(store().compareAndSet(as(started), draft(state, owner)));
        assertThat(record.state()).isEqualTo(state);
        assertThat(record.ownership()).isEqualTo(started.ownership());
        assertThat(record.response()).isEqualTo(draft(state, owner).response());
        assertThat(store().find(started.key())).contains(record);
    }

    /** A response comes back to the byte. */
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
            Draft done = new Draft(
                    State.DONE, started.ownership().owner(), ASKED, 3, terms(LONG, LONG), Optional.of(response));
            assertThat(written(store().compareAndSet(as(started), done)).response())
                    .contains(response);
            IdempotencyRecord read = store().find(started.key()).orElseThrow();
            assertThat(read.response()).contains(response);
            assertThat(read.claims()).isEqualTo(3);
        }
    }

    /** Where state, fence, owner or the record itself is another, nothing is changed. */
    @Test
    default void compareAndSet_notAsExpected_changesNothing() {
        IdempotencyRecord record = started(terms(LONG, LONG));
        String owner = record.ownership().owner();
        long fence = record.ownership().fence();
        Draft done = draft(State.DONE, owner);
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

    /** There is no change of what is not there. */
    @Test
    default void compareAndSet_noRecord_isRefusedAndWritesNothing() {
        StorageKey missing = newKey();
        IdempotencyStore.Swap swap = store().compareAndSet(
                        new Expectation(new Ownership(missing, 1, "me"), State.STARTED, false),
                        draft(State.DONE, "me"));
        assertThat(refused(swap)).isEmpty();
        assertThat(store().find(missing)).isEmpty();
    }

    /** The same owner keeps its fence; another gets a higher one. */
    @Test
    default void compareAndSet_anotherOwner_getsAHigherFence() {
        IdempotencyRecord first = started(terms(LONG, LONG));
        IdempotencyRecord ready = written(store().compareAndSet(
                        as(first), draft(State.READY, first.ownership().owner())));
        assertThat(ready.ownership()).isEqualTo(first.ownership());
        IdempotencyRecord second = written(store().compareAndSet(as(ready), draft(State.STARTED, newOwner())));
        assertThat(second.ownership().fence()).isGreaterThan(first.ownership().fence());
        assertThat(refused(store().compareAndSet(
                                as(first), draft(State.DONE, first.ownership().owner()))))
                .contains(second);
    }

    /** A change for which the lease must be over waits for that. */
    @Test
    default void compareAndSet_leaseMustBeOver_isRefusedUntilItIs() {
        IdempotencyRecord held = started(terms(LONG, LONG));
        assertThat(refused(store().compareAndSet(leaseOver(held), draft(State.STARTED, newOwner()))))
                .contains(held);
        IdempotencyRecord left = started(terms(SHORT, LONG));
        letPass(SHORT.multipliedBy(2));
        IdempotencyRecord taken = written(store().compareAndSet(leaseOver(left), draft(State.STARTED, newOwner())));
        assertThat(taken.ownership().fence()).isGreaterThan(left.ownership().fence());
    }

    /** Where the lease does not matter, an owner is not refused for having been slow. */
    @Test
    default void compareAndSet_leaseOverButNotTaken_isDone() {
        IdempotencyRecord slow = started(terms(SHORT, LONG));
        letPass(SHORT.multipliedBy(2));
        written(store().compareAndSet(
                        as(slow), draft(State.DONE, slow.ownership().owner())));
    }

    /** Each write begins the lease and the retention anew. */
    @Test
    default void compareAndSet_sameState_beginsTheLeaseAnew() {
        IdempotencyRecord first = started(terms(SHORT, LONG));
        letPass(SHORT.multipliedBy(2));
        Instant now = now(store());
        Draft renewed = draft(State.STARTED, first.ownership().owner(), terms(LONG, LONG));
        IdempotencyRecord again = written(store().compareAndSet(as(first), renewed));
        assertThat(again.times().leaseUntil()).isAfterOrEqualTo(now.plus(LONG));
        assertThat(again.times().expiresAt()).isAfterOrEqualTo(now.plus(LONG));
        assertThat(refused(store().compareAndSet(leaseOver(again), draft(State.STARTED, newOwner()))))
                .contains(again);
    }

    /**
     * What is settled and past its time goes; whoever comes then gets a new record, with a higher fence.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"DONE", "READY"})
    default void purge_settledAndExpired_isRemoved(State state) {
        IdempotencyRecord record = settled(state, SHORT);
        letPass(SHORT.multipliedBy(2));
        store().purge(10_000);
        assertThat(store().find(record.key())).isEmpty();
        IdempotencyRecord next = written(store().putIfAbsent(record.key(), draft(State.STARTED, newOwner())));
        assertThat(next.ownership().fence()).isGreaterThan(record.ownership().fence());
    }

    /**
     * What is not settled stays for good.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"STARTED", "EFFECT_STARTED", "UNKNOWN"})
    default void purge_notSettled_isNeverRemoved(State state) {
        IdempotencyRecord record = settled(state, SHORT);
        letPass(SHORT.multipliedBy(2));
        store().purge(10_000);
        assertThat(store().find(record.key()).map(IdempotencyRecord::state)).contains(state);
    }

    /** What is settled stays until its time. */
    @Test
    default void purge_notExpired_isNotRemoved() {
        IdempotencyRecord done = settled(State.DONE, LONG);
        letPass(SHORT);
        store().purge(10_000);
        assertThat(store().find(done.key())).isPresent();
    }

    /**
     * After a purge, a key that is not later than one that was purged is refused, however young it is by the clock: the clock
     * may have been ahead when the record expired. Later ones pass, also those dated ahead within the skew.
     *
     * @param earlier by how many milliseconds the key is older than the one that was purged
     */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3_600_000})
    default void putIfAbsent_keyNotLaterThanOneThatWasPurged_isNotAdmitted(long earlier) {
        Assumptions.assumeTrue(refusesKeysOlderThanPurgedOnes());
        Duration retention = Duration.ofDays(20);
        // Older than the keys of all other tests, which may share the store.
        Instant minted = millis(now(store()).minus(Duration.ofDays(10)));
        IdempotencyRecord started = started(new Draft.Terms(SHORT, retention, SHORT, Optional.of(minted)));
        Draft.Terms over = new Draft.Terms(SHORT, SHORT, SHORT, Optional.of(minted));
        written(store().compareAndSet(
                        as(started), draft(State.DONE, started.ownership().owner(), over)));
        // A store in memory looks for what has expired about once a second.
        letPass(Duration.ofSeconds(3));
        while (store().purge(10_000) > 0) {
            // All that has expired.
        }
        assertThat(store().find(started.key())).isEmpty();
        Draft.Terms late = terms(retention, minted.minusMillis(earlier));
        StorageKey key = earlier == 0 ? started.key() : newKey();
        assertThat(store().putIfAbsent(key, draft(State.STARTED, newOwner(), late)))
                .isInstanceOf(IdempotencyStore.NotAdmitted.class);
        assertThat(store().find(key)).isEmpty();
        Draft.Terms ahead = terms(retention, now(store()).plusSeconds(30));
        written(store().putIfAbsent(newKey(), draft(State.STARTED, newOwner(), ahead)));
    }

    /** Keys that say no time leave no mark, and are not held to it. */
    @Test
    default void purge_keysWithoutATime_leaveNoMark() {
        IdempotencyRecord done = settled(State.DONE, SHORT);
        Instant minted = millis(now(store()));
        letPass(SHORT.multipliedBy(2));
        store().purge(10_000);
        written(store().putIfAbsent(done.key(), draft(State.STARTED, newOwner())));
        written(store().putIfAbsent(newKey(), draft(State.STARTED, newOwner(), terms(LONG, minted))));
    }

    /**
     * Records are listed by their state, in the order of their names, page by page, each as it is found by its name.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(State.class)
    default void list_pageByPage_hasEachRecordOfTheState(State state) {
        Assumptions.assumeTrue(lists());
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

    /** A record is counted in the state that it is in. */
    @Test
    default void count_recordThatIsResolved_isCountedNoMore() {
        Assumptions.assumeTrue(lists());
        long before = store().count(State.UNKNOWN);
        IdempotencyRecord unknown = settled(State.UNKNOWN, LONG);
        assertThat(store().count(State.UNKNOWN)).isEqualTo(before + 1);
        written(store().compareAndSet(
                        as(unknown), draft(State.READY, unknown.ownership().owner())));
        assertThat(store().count(State.UNKNOWN)).isEqualTo(before);
    }

    /** Of all who make the same record at the same time, one makes it, and the others see that one. */
    @Test
    default void putIfAbsent_manyAtOnce_oneIsWritten() {
        StorageKey key = newKey();
        List<IdempotencyStore.Put> puts =
                AtOnce.run(16, () -> store().putIfAbsent(key, draft(State.STARTED, newOwner())));
        Set<IdempotencyRecord> records = puts.stream()
                .map(put -> put instanceof IdempotencyStore.Written written
                        ? written.record()
                        : found(put).record())
                .collect(Collectors.toSet());
        assertThat(puts).filteredOn(IdempotencyStore.Written.class::isInstance).hasSize(1);
        assertThat(records).hasSize(1);
    }

    /** Of all who take the same record at the same time, one takes it. */
    @Test
    default void compareAndSet_manyAtOnce_oneIsWritten() {
        IdempotencyRecord left = started(terms(SHORT, LONG));
        letPass(SHORT.multipliedBy(2));
        List<IdempotencyStore.Swap> swaps =
                AtOnce.run(16, () -> store().compareAndSet(leaseOver(left), draft(State.STARTED, newOwner())));
        List<IdempotencyStore.Swap> written = swaps.stream()
                .filter(IdempotencyStore.Written.class::isInstance)
                .toList();
        assertThat(written).hasSize(1);
        assertThat(store().find(left.key())).contains(written(written.get(0)));
    }

    private IdempotencyRecord started(Draft.Terms terms) {
        return written(store().putIfAbsent(newKey(), draft(State.STARTED, newOwner(), terms)));
    }

    private IdempotencyRecord settled(State state, Duration retention) {
        IdempotencyRecord started = started(terms(SHORT, LONG));
        Draft draft = draft(state, started.ownership().owner(), terms(SHORT, retention));
        return written(store().compareAndSet(as(started), draft));
    }
}
