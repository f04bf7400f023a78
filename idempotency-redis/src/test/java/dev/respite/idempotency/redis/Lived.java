package dev.respite.idempotency.redis;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Claims;
import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Fingerprint;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Owned;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoredResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A payment that is to happen once, the processes that try it, and how often it has happened. */
final class Lived {

    /** Of whoever dies: over before anybody waits long. */
    static final Duration SHORT_LEASE = Duration.ofMillis(100);

    static final Duration OVER = Duration.ofMillis(200);

    final AtomicInteger effects = new AtomicInteger();
    final IdempotentCall call = call(UUID.randomUUID().toString());

    private final IdempotencyStore store;

    Lived(IdempotencyStore store) {
        this.store = store;
    }

    /** A UUID of version 7. */
    static String minted(Instant time) {
        long random = ThreadLocalRandom.current().nextLong() >>> 2 | 0x8000000000000000L;
        return new UUID(time.toEpochMilli() << 16 | 0x7000L, random).toString();
    }

    /** Later than all that was seen so far, in milliseconds. */
    static String mintedNow() {
        return minted(Instant.now().plusMillis(5));
    }

    static IdempotentCall call(String key) {
        return IdempotentCall.of(Scope.of("alice"), "pay", IdempotencyKey.of(key), Fingerprint.of("1", new byte[] {1}));
    }

    ExternalIdempotency external() {
        return external(store);
    }

    static ExternalIdempotency external(IdempotencyStore store) {
        return ExternalIdempotency.of(Claims.in(store));
    }

    Answer ask(ExternalIdempotency idempotency) {
        return idempotency.execute(call, execution -> {
            execution.effectStarting();
            return pay();
        });
    }

    StoredResponse pay() {
        return StoredResponse.of("paid " + effects.incrementAndGet());
    }

    IdempotencyRecord record() {
        return store.find(call.storageKey()).orElseThrow();
    }

    /** A process that claims the key, does something and is then seen no more. */
    Owned die(Consumer<Owned> before) {
        Claims claims = Claims.in(store).with(IdempotencySettings.defaults().withLease(SHORT_LEASE));
        Owned[] last = new Owned[1];
        try {
            claims.run(call, owned -> {
                last[0] = owned;
                before.accept(owned);
                throw new Died();
            });
        } catch (Died asWanted) {
            return last[0];
        }
        throw new AssertionError("not claimed");
    }

    Owned dieAfterAnnouncing() {
        return die(owned -> owned.effectStarting(store).orElseThrow());
    }

    private static final class Died extends RuntimeException {}

    /** The store as a process sees it that counts what it asks, and has something happen before a question. */
    static final class Watched implements IdempotencyStore {
        private final IdempotencyStore store;
        private final Consumer<Integer> before;
        final AtomicInteger asked = new AtomicInteger();

        Watched(IdempotencyStore store, Consumer<Integer> before) {
            this.store = store;
            this.before = before;
        }

        @Override
        public Put putIfAbsent(StorageKey key, Draft draft) {
            before.accept(asked.incrementAndGet());
            return store.putIfAbsent(key, draft);
        }

        @Override
        public Swap compareAndSet(Expectation expected, Draft draft) {
            before.accept(asked.incrementAndGet());
            return store.compareAndSet(expected, draft);
        }

        @Override
        public Optional<IdempotencyRecord> find(StorageKey key) {
            return store.find(key);
        }

        @Override
        public int purge(int atMost) {
            return 0;
        }
    }

    State state() {
        return record().state();
    }
}
