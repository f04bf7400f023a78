package dev.respite.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.Fingerprint;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.Ownership;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoredResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** What a contract writes and expects. */
final class Drafting {

    static final Duration SHORT = Duration.ofMillis(50);
    static final Duration LONG = Duration.ofHours(1);
    static final Fingerprint ASKED = Fingerprint.of("1", new byte[] {1, 2, 3});

    private Drafting() {}

    /** A name that no record has yet. */
    static StorageKey newKey() {
        return StorageKey.of(
                Scope.of("scope " + UUID.randomUUID()),
                "operation",
                IdempotencyKey.of(UUID.randomUUID().toString()));
    }

    static String newOwner() {
        return UUID.randomUUID().toString();
    }

    static Draft.Terms terms(Duration lease, Duration retention) {
        return new Draft.Terms(lease, retention, Duration.ofMinutes(1), Optional.empty());
    }

    static Draft.Terms terms(Duration retention, Instant keyTime) {
        return new Draft.Terms(SHORT, retention, Duration.ofMinutes(1), Optional.of(keyTime));
    }

    static Draft draft(State state, String owner, Draft.Terms terms) {
        Optional<StoredResponse> response =
                state == State.DONE ? Optional.of(StoredResponse.of("done by " + owner)) : Optional.empty();
        return new Draft(state, owner, ASKED, 1, terms, response);
    }

    static Draft draft(State state, String owner) {
        return draft(state, owner, terms(LONG, LONG));
    }

    static Expectation as(IdempotencyRecord record) {
        return new Expectation(record.ownership(), record.state(), false);
    }

    static Expectation as(IdempotencyRecord record, State state, String owner, long fence) {
        return new Expectation(new Ownership(record.key(), fence, owner), state, false);
    }

    static Expectation leaseOver(IdempotencyRecord record) {
        return new Expectation(record.ownership(), record.state(), true);
    }

    static IdempotencyRecord written(IdempotencyStore.Put put) {
        assertThat(put).isInstanceOf(IdempotencyStore.Written.class);
        return ((IdempotencyStore.Written) put).record();
    }

    static IdempotencyRecord written(IdempotencyStore.Swap swap) {
        assertThat(swap).isInstanceOf(IdempotencyStore.Written.class);
        return ((IdempotencyStore.Written) swap).record();
    }

    static IdempotencyStore.Found found(IdempotencyStore.Put put) {
        assertThat(put).isInstanceOf(IdempotencyStore.Found.class);
        return (IdempotencyStore.Found) put;
    }

    static Optional<IdempotencyRecord> refused(IdempotencyStore.Swap swap) {
        assertThat(swap).isInstanceOf(IdempotencyStore.Refused.class);
        return ((IdempotencyStore.Refused) swap).current();
    }

    /** What time it is for a store: asked by a change that cannot be made. */
    static Instant now(IdempotencyStore store) {
        Expectation never = new Expectation(new Ownership(newKey(), 1, "nobody"), State.STARTED, false);
        IdempotencyStore.Swap swap = store.compareAndSet(never, draft(State.STARTED, "nobody"));
        return ((IdempotencyStore.Refused) swap).storeNow();
    }
}
