package dev.respite.idempotency.redis;

import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OwnedRecord;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A payment that must happen once, the processes that attempt it, and the number of its effects. */
final class PaymentFixture {

    /** The lease of a process that dies; short, so that tests need not wait long. */
    static final Duration SHORT_LEASE = Duration.ofMillis(100);

    static final Duration OVER = Duration.ofMillis(200);

    final AtomicInteger effects = new AtomicInteger();
    final IdempotentCall call = call(UUID.randomUUID().toString());

    private final IdempotencyStore store;

    PaymentFixture(IdempotencyStore store) {
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
        return ExternalIdempotency.of(IdempotencyEngine.of(store));
    }

    IdempotentResult execute(ExternalIdempotency idempotency) {
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

    /** A process that claims the key, runs a step and dies. */
    OwnedRecord die(Consumer<OwnedRecord> before) {
        IdempotencyEngine engine = IdempotencyEngine.of(store)
                .withSettings(IdempotencySettings.defaults().withLease(SHORT_LEASE));
        OwnedRecord[] last = new OwnedRecord[1];
        try {
            engine.run(call, owned -> {
                last[0] = owned;
                before.accept(owned);
                throw new Died();
            });
        } catch (Died asWanted) {
            return last[0];
        }
        throw new AssertionError("not claimed");
    }

    OwnedRecord dieAfterAnnouncing() {
        return die(owned -> owned.effectStarting(store).orElseThrow());
    }

    private static final class Died extends RuntimeException {}

    State state() {
        return record().state();
    }
}
