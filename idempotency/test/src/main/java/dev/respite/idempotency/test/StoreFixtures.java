package dev.respite.idempotency.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
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
import java.util.Optional;
import java.util.UUID;

/** The records and preconditions of the contract tests. */
final class StoreFixtures {

    static final Duration SHORT = Duration.ofMillis(50);
    static final Duration LONG = Duration.ofHours(1);
    static final Instant CLAIMED_AT = Instant.parse("2070-01-02T03:04:05.006Z");
    static final String OPERATION = "POST /accounts/~*'\"{}%4711/pay-x";
    static final Fingerprint FINGERPRINT = Fingerprint.of("1", new byte[] {1, 2, 3});

    private StoreFixtures() {}

    /** Returns the name of a record that does not exist yet. */
    static StorageKey newKey() {
        return Scope.of("scope " + UUID.randomUUID())
                .storageKey("operation", IdempotencyKey.of(UUID.randomUUID().toString()));
    }

    /** Returns an owner of the maximum length, with the time and the operation of its claim. */
    static String newOwner() {
        String id = UUID.randomUUID().toString().replace("-", "").substring(0, 21);
        return OwnerToken.owner(id, CLAIMED_AT, Optional.of(OPERATION));
    }

    static RecordWrite.Terms terms(Duration lease, Duration retention) {
        return new RecordWrite.Terms(lease, retention, Duration.ofMinutes(1), Optional.empty());
    }

    static RecordWrite.Terms terms(Duration retention, Instant keyTime) {
        return new RecordWrite.Terms(SHORT, retention, Duration.ofMinutes(1), Optional.of(keyTime));
    }

    static RecordWrite recordWrite(State state, String owner, RecordWrite.Terms terms) {
        Optional<StoredResponse> response =
                state == State.DONE ? Optional.of(StoredResponse.of("done by " + owner)) : Optional.empty();
        return new RecordWrite(state, owner, FINGERPRINT, 1, terms, response);
    }

    static RecordWrite recordWrite(State state, String owner) {
        return recordWrite(state, owner, terms(LONG, LONG));
    }

    static Precondition as(IdempotencyRecord record) {
        return new Precondition(record.ownerToken(), record.state(), false);
    }

    static Precondition as(IdempotencyRecord record, State state, String owner, long fence) {
        return new Precondition(new OwnerToken(record.key(), fence, owner), state, false);
    }

    static Precondition leaseOver(IdempotencyRecord record) {
        return new Precondition(record.ownerToken(), record.state(), true);
    }

    static IdempotencyRecord written(IdempotencyStore.Put put) {
        assertThat(put).isInstanceOf(IdempotencyStore.Written.class);
        return ((IdempotencyStore.Written) put).record();
    }

    static IdempotencyRecord written(IdempotencyStore.Swap swap) {
        assertThat(swap).isInstanceOf(IdempotencyStore.Written.class);
        return ((IdempotencyStore.Written) swap).record();
    }

    /** Returns the record that was in the place of a new one. */
    static IdempotencyRecord found(IdempotencyStore.Put put) {
        assertThat(put).isInstanceOf(IdempotencyStore.Rejected.class);
        Optional<IdempotencyRecord> current = ((IdempotencyStore.Rejected) put).current();
        assertThat(current).as("the record that has the name").isPresent();
        return current.orElseThrow();
    }

    static Optional<IdempotencyRecord> refused(IdempotencyStore.Swap swap) {
        assertThat(swap).isInstanceOf(IdempotencyStore.Rejected.class);
        return ((IdempotencyStore.Rejected) swap).current();
    }

    /** Reads the clock of a store, by a change that is rejected. */
    static Instant now(IdempotencyStore store) {
        Precondition never = new Precondition(new OwnerToken(newKey(), 1, "no-owner"), State.STARTED, false);
        IdempotencyStore.Swap swap = store.compareAndSet(never, recordWrite(State.STARTED, "no-owner"));
        return ((IdempotencyStore.Rejected) swap).storeNow();
    }

    static IdempotencyRecord started(IdempotencyStore store, RecordWrite.Terms terms) {
        return written(store.putIfAbsent(newKey(), recordWrite(State.STARTED, newOwner(), terms)));
    }

    static IdempotencyRecord settled(IdempotencyStore store, State state, Duration retention) {
        IdempotencyRecord started = started(store, terms(SHORT, LONG));
        RecordWrite write = recordWrite(state, started.ownerToken().owner(), terms(SHORT, retention));
        return written(store.compareAndSet(as(started), write));
    }

    /** Returns a settled record whose key has a time, as a UUIDv7 key has. */
    static IdempotencyRecord settledWithKeyTime(IdempotencyStore store, State state) {
        RecordWrite.Terms terms = terms(LONG, millis(now(store)));
        IdempotencyRecord started = started(store, terms);
        RecordWrite write = recordWrite(state, started.ownerToken().owner(), terms);
        return written(store.compareAndSet(as(started), write));
    }

    /** UUIDs have milliseconds, and stores may have microseconds only. */
    static Instant millis(Instant time) {
        return Instant.ofEpochMilli(time.toEpochMilli());
    }
}
