package dev.respite.idempotency;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.Quota;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.time.VirtualTime;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** A store in virtual time, processes that share it and may lose it, and their events. */
final class IdempotencyFixture {

    static final Duration LEASE = Duration.ofSeconds(10);

    private static final int MAX_QUERIES = 10_000;

    final VirtualTime time = new VirtualTime();
    final InMemoryIdempotencyStore store = InMemoryIdempotencyStore.of(Quota.defaults(), time);

    /** The store for calls of a test. It fails a call that queries it without end. */
    final IdempotencyStore limitedStore = InterceptedStore.through(this::limited, store);

    final List<IdempotencyEvent> events = new ArrayList<>();
    final IdempotencySettings settings = IdempotencySettings.defaults().withLease(LEASE);

    /** The number of effects. */
    int effects;

    private int queries;

    private <T> T limited(Supplier<T> operation) {
        if (++queries > MAX_QUERIES) {
            throw new AssertionError("more than " + MAX_QUERIES + " queries in one test");
        }
        return operation.get();
    }

    IdempotencyEngine engine(IdempotencyStore through) {
        return IdempotencyEngine.of(through, time).withSettings(settings).withListener(events::add);
    }

    IdempotencyEngine engine() {
        return engine(limitedStore);
    }

    /** Claims a key that has no record yet. */
    OwnedRecord owned(IdempotentCall call) {
        IdempotencyEngine engine = engine();
        return engine.owned((Claim.Execute) engine.claim(call, call.storageKey()), call);
    }

    ExternalIdempotency external() {
        return ExternalIdempotency.of(engine());
    }

    StoredResponse pay() {
        effects++;
        return StoredResponse.of("paid " + effects);
    }

    static IdempotentCall call(String key) {
        return call("alice", "pay", key, 1);
    }

    static IdempotentCall call(String scope, String operation, String key, int requested) {
        return IdempotentCall.of(
                Scope.of(scope), operation, IdempotencyKey.of(key), Fingerprint.of("1", new byte[] {(byte) requested}));
    }

    IdempotencyRecord record(IdempotentCall call) {
        return store.find(call.storageKey()).orElseThrow();
    }

    State state(IdempotentCall call) {
        return record(call).state();
    }

    /** Returns a UUID of version 7 with this distance from the current time. */
    String minted(Duration fromNow) {
        long millis = time.wallTime().plus(fromNow).toEpochMilli();
        return new UUID(millis << 16 | 0x7000L, 0x8000000000000001L).toString();
    }

    /** The connection of one process to the store, which can be interrupted. */
    final class StoreConnection {
        /** The store as this process sees it. */
        final IdempotencyStore store = InterceptedStore.through(this::exchange, IdempotencyFixture.this.store);

        /** The number of operations that still get a reply. */
        int repliesLeft = Integer.MAX_VALUE;
        /** Whether an operation without a reply is carried out. */
        boolean executesWithoutReply;
        /** The number of operations without a reply before the connection recovers. */
        int missingReplies = Integer.MAX_VALUE;

        int calls;

        private <T> T exchange(Supplier<T> operation) {
            calls++;
            // Like clients that wait for a reply.
            if (Thread.currentThread().isInterrupted()) {
                throw new StoreUnavailableException("interrupted", new InterruptedIOException());
            }
            if (repliesLeft > 0) {
                repliesLeft--;
                return operation.get();
            }
            if (executesWithoutReply) {
                operation.get();
            }
            if (missingReplies > 0 && --missingReplies == 0) {
                repliesLeft = Integer.MAX_VALUE;
            }
            throw InterceptedStore.noReply();
        }
    }
}
