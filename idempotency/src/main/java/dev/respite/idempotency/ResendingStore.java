package dev.respite.idempotency;

import dev.respite.Retry;
import dev.respite.TimeSource;
import dev.respite.policy.RetryPolicy;
import java.util.Optional;

/**
 * A store that asks again where there was no answer: three times in all. What was asked may have been done the first time;
 * owner and fence make the second time harmless.
 */
final class ResendingStore implements IdempotencyStore {

    private static final RetryPolicy POLICY = RetryPolicy.parse("max-attempts=3 base-delay=20ms max-delay=200ms"
            + " total-timeout=3s budget=off retry-on=" + StoreUnavailableException.class.getName());

    private final IdempotencyStore store;
    private final Retry retry;

    ResendingStore(IdempotencyStore store, TimeSource time) {
        this.store = store;
        this.retry = Retry.silent(POLICY, time).withName("idempotency-store");
    }

    @Override
    public Put putIfAbsent(StorageKey key, Draft draft) {
        return retry.call(() -> store.putIfAbsent(key, draft));
    }

    @Override
    public Swap compareAndSet(Expectation expected, Draft draft) {
        return retry.call(() -> store.compareAndSet(expected, draft));
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
