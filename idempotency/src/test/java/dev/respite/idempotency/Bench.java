package dev.respite.idempotency;

import dev.respite.VirtualTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** A store in virtual time, processes that share it and may lose it, and what they have told. */
final class Bench {

    static final Duration LEASE = Duration.ofSeconds(10);

    final VirtualTime time = new VirtualTime();
    final InMemoryIdempotencyStore store = InMemoryIdempotencyStore.of(Quota.defaults(), time);
    final List<IdempotencyEvent> events = new ArrayList<>();
    final IdempotencySettings settings = IdempotencySettings.defaults().withLease(LEASE);

    /** How often it was done. */
    int effects;

    Claims claims(IdempotencyStore through) {
        return Claims.in(through, time).with(settings).withListener(events::add);
    }

    Claims claims() {
        return claims(store);
    }

    ExternalIdempotency external() {
        return ExternalIdempotency.of(claims());
    }

    StoredResponse pay() {
        effects++;
        return StoredResponse.of("paid " + effects);
    }

    static IdempotentCall call(String key) {
        return call("alice", "pay", key, 1);
    }

    static IdempotentCall call(String scope, String operation, String key, int asked) {
        return IdempotentCall.of(
                Scope.of(scope), operation, IdempotencyKey.of(key), Fingerprint.of("1", new byte[] {(byte) asked}));
    }

    IdempotencyRecord record(IdempotentCall call) {
        return store.find(call.storageKey()).orElseThrow();
    }

    State state(IdempotentCall call) {
        return record(call).state();
    }

    /** A UUID of version 7, minted so long from now. */
    String minted(Duration fromNow) {
        long millis = time.wallTime().plus(fromNow).toEpochMilli();
        return new UUID(millis << 16 | 0x7000L, 0x8000000000000001L).toString();
    }

    /** The store as one process sees it: until it is cut off, or killed. */
    final class Line implements IdempotencyStore {
        /** So many more questions are answered. */
        int answers = Integer.MAX_VALUE;
        /** Whether a question that is not answered is heard. */
        boolean isHeard;
        /** How many questions go without an answer before all is well again. */
        int silences = Integer.MAX_VALUE;

        int asked;

        private <T> T ask(Supplier<T> question) {
            asked++;
            // As clients of stores that wait do.
            if (Thread.currentThread().isInterrupted()) {
                throw new StoreUnavailableException("interrupted", new InterruptedIOException());
            }
            if (answers > 0) {
                answers--;
                return question.get();
            }
            if (isHeard) {
                question.get();
            }
            if (silences > 0 && --silences == 0) {
                answers = Integer.MAX_VALUE;
            }
            throw new StoreUnavailableException("no answer", new IOException("reset"));
        }

        @Override
        public Put putIfAbsent(StorageKey key, Draft draft) {
            return ask(() -> store.putIfAbsent(key, draft));
        }

        @Override
        public Swap compareAndSet(Expectation expected, Draft draft) {
            return ask(() -> store.compareAndSet(expected, draft));
        }

        @Override
        public Optional<IdempotencyRecord> find(StorageKey key) {
            return ask(() -> store.find(key));
        }

        @Override
        public int purge(int atMost) {
            return store.purge(atMost);
        }
    }
}
