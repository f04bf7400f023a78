package dev.respite.idempotency;

import dev.respite.Retry;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.Optional;

/**
 * A store that retries each operation that got no reply, up to three attempts in all. The first attempt may have been
 * carried out; owner and fence make the repetition harmless.
 */
final class ResendingStore implements IdempotencyStore {

    private static final RetryPolicy POLICY = RetryPolicy.parse("max-attempts=3 base-delay=20ms max-delay=200ms"
            + " total-timeout=3s budget=off retry-on=" + StoreUnavailableException.class.getName());

    private final IdempotencyStore store;
    private final Retry retry;

    ResendingStore(IdempotencyStore store, TimeSource time) {
        this.store = store;
        this.retry = Retry.withoutWarnings(POLICY, time).withName("idempotency-store");
    }

    @Override
    public Put putIfAbsent(StorageKey key, RecordWrite write) {
        return retry.call(() -> store.putIfAbsent(key, write));
    }

    @Override
    public Swap compareAndSet(Precondition expected, RecordWrite write) {
        return retry.call(() -> store.compareAndSet(expected, write));
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return retry.call(() -> store.find(key));
    }

    @Override
    public int purge(int atMost) {
        return store.purge(atMost);
    }
}
