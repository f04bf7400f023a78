package dev.respite.benchmarks.stores;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.IdempotencyStore.Written;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.Quota;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** This process's memory. Its floor is to make the key's hashes, and to put something into a map and replace it there. */
final class MemoryRig implements Rig {

    /** Results expire soon, so that the store stays as large as it is. */
    private static final Duration KEPT = Duration.ofMillis(200);

    private static final Duration LEASE = Duration.ofMillis(100);

    private final StoreCalls[] calls;
    private final StoredResponse receipt = StoredResponse.of(RECEIPT);
    private final IdempotencyStore store = InMemoryIdempotencyStore.of(
            new Quota(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE / 2), TimeSource.system());
    private final Idempotency<Execution> executing;
    private final Idempotency<Execution> replaying;
    private final Map<String, Object> map = new ConcurrentHashMap<>();

    MemoryRig(int workers) {
        this.calls = StoreCalls.of(workers);
        Quota ample = new Quota(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE / 2);
        this.executing = ExternalIdempotency.of(IdempotencyEngine.of(
                        InMemoryIdempotencyStore.of(ample, TimeSource.system()))
                .withSettings(IdempotencySettings.defaults().withLease(LEASE).withRetention(KEPT)));
        this.replaying = ExternalIdempotency.of(InMemoryIdempotencyStore.create());
        for (StoreCalls one : calls) {
            for (IdempotentCall call : one.done()) {
                var unused = replaying.execute(call, execution -> receipt);
            }
        }
    }

    @Override
    public List<Contest> contests() {
        return List.of(
                new Contest("begin and complete", this::beginAndComplete, List.of()),
                new Contest(
                        "execute",
                        this::execute,
                        List.of(new Contest.Floor("hashes, two writes to a map", this::twoWrites))),
                new Contest("replay", this::replay, List.of(new Contest.Floor("hashes", this::hashes))));
    }

    /** Runs the part of an execution that the store does. */
    private Task.Step beginAndComplete(int worker) {
        IdempotentCall call = calls[worker].fresh();
        StorageKey key = call.storageKey();
        RecordWrite begin = recordWrite(call, State.STARTED, Optional.empty());
        RecordWrite done = recordWrite(call, State.DONE, Optional.of(receipt));
        return () -> {
            Written begun = (Written) store.putIfAbsent(key, begin);
            Precondition expected = new Precondition(begun.record().ownerToken(), State.STARTED, false);
            Written unused = (Written) store.compareAndSet(expected, done);
        };
    }

    private static RecordWrite recordWrite(IdempotentCall call, State state, Optional<StoredResponse> response) {
        RecordWrite.Terms terms = new RecordWrite.Terms(LEASE, KEPT, Duration.ZERO, Optional.empty());
        return new RecordWrite(state, "owner", call.fingerprints().get(0), 1, terms, response);
    }

    private Task.Step execute(int worker) {
        IdempotentCall call = calls[worker].fresh();
        return () -> executing.execute(call, execution -> receipt);
    }

    private Task.Step replay(int worker) {
        IdempotentCall call = calls[worker].nextDone();
        return () -> replaying.execute(call, execution -> receipt);
    }

    private Task.Step twoWrites(int worker) {
        IdempotentCall call = calls[worker].fresh();
        return () -> {
            StorageKey key = call.storageKey();
            map.putIfAbsent(key.value(), call);
            map.replace(key.value(), call, receipt);
            map.remove(key.value());
        };
    }

    private Task.Step hashes(int worker) {
        IdempotentCall call = calls[worker].nextDone();
        return call::storageKey;
    }

    @Override
    public void close() {}
}
