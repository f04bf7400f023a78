package dev.respite.idempotency.test;

import static dev.respite.idempotency.test.StoreFixtures.CLAIMED_AT;
import static dev.respite.idempotency.test.StoreFixtures.FINGERPRINT;
import static dev.respite.idempotency.test.StoreFixtures.LONG;
import static dev.respite.idempotency.test.StoreFixtures.OPERATION;
import static dev.respite.idempotency.test.StoreFixtures.SHORT;
import static dev.respite.idempotency.test.StoreFixtures.found;
import static dev.respite.idempotency.test.StoreFixtures.millis;
import static dev.respite.idempotency.test.StoreFixtures.newKey;
import static dev.respite.idempotency.test.StoreFixtures.newOwner;
import static dev.respite.idempotency.test.StoreFixtures.now;
import static dev.respite.idempotency.test.StoreFixtures.recordWrite;
import static dev.respite.idempotency.test.StoreFixtures.terms;
import static dev.respite.idempotency.test.StoreFixtures.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The promises of {@link IdempotencyStore#putIfAbsent} and {@link IdempotencyStore#find}. */
interface ClaimContract extends StoreUnderTest {

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

    /** An owner of 64 characters is read as it was written, with the time and the operation of the claim. */
    @Test
    default void putIfAbsent_ownerWithTimeAndOperation_isReadUnchanged() {
        String owner = newOwner();
        assertThat(owner).hasSize(64);
        IdempotencyRecord record = written(store().putIfAbsent(newKey(), recordWrite(State.STARTED, owner)));
        assertThat(record.ownerToken().owner()).isEqualTo(owner);
        OwnerToken found = store().find(record.key()).orElseThrow().ownerToken();
        assertThat(found.operation()).contains(OPERATION);
        assertThat(found.claimedAt()).contains(CLAIMED_AT);
    }

    /** An existing record is not changed, and is returned. */
    @Test
    default void putIfAbsent_record_isFoundAndLeftAsItIs() {
        StorageKey key = newKey();
        IdempotencyRecord first = written(store().putIfAbsent(key, recordWrite(State.STARTED, newOwner())));
        IdempotencyRecord found = found(store().putIfAbsent(key, recordWrite(State.EFFECT_STARTED, newOwner())));
        assertThat(found).isEqualTo(first);
        assertThat(store().find(key)).contains(first);
    }

    /** A claim whose reply was lost may be repeated: it finds its own record. */
    @Test
    default void putIfAbsent_sentAgain_findsItsOwn() {
        StorageKey key = newKey();
        RecordWrite write = recordWrite(State.STARTED, newOwner());
        IdempotencyRecord first = written(store().putIfAbsent(key, write));
        assertThat(found(store().putIfAbsent(key, write))).isEqualTo(first);
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
        assertThat(put).isInstanceOf(IdempotencyStore.Rejected.class);
        assertThat(terms.isAdmitted(((IdempotencyStore.Rejected) put).storeNow()))
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
        assertThat(found(again)).isEqualTo(first);
    }

    /** The retention of a key with a future time begins at the key time. */
    @Test
    default void putIfAbsent_keyALittleAhead_isKeptLonger() {
        Instant minted = millis(now(store()).plusSeconds(30));
        IdempotencyRecord record =
                written(store().putIfAbsent(newKey(), recordWrite(State.STARTED, newOwner(), terms(LONG, minted))));
        assertThat(record.times().expiresAt()).isEqualTo(minted.plus(LONG));
    }

    /** Of concurrent claims of one key, one writes the record and the others find it. */
    @Test
    default void putIfAbsent_manyAtOnce_oneIsWritten() {
        StorageKey key = newKey();
        List<IdempotencyStore.Put> puts =
                ConcurrentRuns.run(16, () -> store().putIfAbsent(key, recordWrite(State.STARTED, newOwner())));
        Set<IdempotencyRecord> records = puts.stream()
                .map(put -> put instanceof IdempotencyStore.Written written ? written.record() : found(put))
                .collect(Collectors.toSet());
        assertThat(puts).filteredOn(IdempotencyStore.Written.class::isInstance).hasSize(1);
        assertThat(records).hasSize(1);
    }
}
