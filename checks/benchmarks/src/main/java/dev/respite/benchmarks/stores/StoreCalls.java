package dev.respite.benchmarks.stores;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.store.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;

/** The requests of clients: a new key each time, or one of a few that were done before. One for each thread. */
final class StoreCalls {

    /** The number of requests that each client has completed before, for replays. */
    private static final int DONE = 64;

    private static final Scope SCOPE = Scope.of("alice");
    private static final Fingerprint REQUESTED = Fingerprint.of("1", "100 EUR to bob".getBytes(StandardCharsets.UTF_8));

    private final SplittableRandom random = new SplittableRandom();
    private final IdempotentCall[] done = new IdempotentCall[DONE];
    private int at;

    StoreCalls() {
        for (int i = 0; i < done.length; i++) {
            done[i] = fresh();
        }
    }

    IdempotentCall fresh() {
        return IdempotentCall.of(SCOPE, "POST /payments", IdempotencyKey.of(id()), REQUESTED);
    }

    /** Of version 4, from a source that is quicker than UUID's own, and as good here. */
    private String id() {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() & ~(3L << 62)) | (2L << 62);
        return new UUID(high, low).toString();
    }

    IdempotentCall[] done() {
        return done.clone();
    }

    IdempotentCall nextDone() {
        at = (at + 1) % done.length;
        return done[at];
    }

    static List<StoreCalls> of(int workers) {
        return Stream.generate(StoreCalls::new).limit(workers).toList();
    }
}
