package dev.respite.benchmarks.stores;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.Quota;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** This process's memory. */
final class MemoryRig implements Rig {

    /** Results expire soon, so that the store stays as large as it is. */
    private static final Duration KEPT = Duration.ofMillis(200);

    private static final Duration LEASE = Duration.ofMillis(100);
    private static final Quota AMPLE = new Quota(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE / 2);

    private final StoredResponse receipt = StoredResponse.of(RECEIPT);
    private final Idempotency<Execution> executing = ExternalIdempotency.of(IdempotencyEngine.of(
                    InMemoryIdempotencyStore.of(AMPLE, TimeSource.system()))
            .withSettings(IdempotencySettings.defaults().withLease(LEASE).withRetention(KEPT)));
    private final Idempotency<Execution> replaying = ExternalIdempotency.of(InMemoryIdempotencyStore.create());

    MemoryRig(List<StoreCalls> calls) {
        for (StoreCalls one : calls) {
            for (IdempotentCall call : one.done()) {
                var unused = replaying.execute(call, execution -> receipt);
            }
        }
    }

    @Override
    public IdempotentResult request(Operation operation, int worker, IdempotentCall call) {
        return (operation == Operation.EXECUTE ? executing : replaying).execute(call, execution -> receipt);
    }

    @Override
    public Map<Operation, Floor> floors() {
        return Map.of();
    }

    @Override
    public void close() {}
}
