package dev.respite.idempotency.test;

import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.Quota;
import dev.respite.time.VirtualTime;
import java.time.Duration;

class InMemoryIdempotencyStoreTest implements IdempotencyStoreContract {

    private final VirtualTime time = new VirtualTime();
    private final IdempotencyStore store = InMemoryIdempotencyStore.of(Quota.defaults(), time);

    @Override
    public IdempotencyStore store() {
        return store;
    }

    @Override
    public void advance(Duration passed) {
        time.advance(passed);
    }
}
