package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many at once, on real threads. */
class DuplicatesTest {

    private static final int MANY = 100;

    private final AtomicInteger effects = new AtomicInteger();
    private final InMemoryIdempotencyStore store = InMemoryIdempotencyStore.create();
    private final ExternalIdempotency idempotency = ExternalIdempotency.of(IdempotencyEngine.of(store)
            .withSettings(IdempotencySettings.defaults().withMaxWait(Duration.ofSeconds(60))));

    @Test
    void fault31_simultaneousDuplicates_oneRunsAndAllGetTheSameResult() throws Exception {
        assertOneRuns(IdempotencyFixture.call("k"));
    }

    @Test
    void fault32_simultaneousRetriesAfterAFailure_oneRuns() throws Exception {
        IdempotentCall call = IdempotencyFixture.call("k");
        idempotency.execute(call, execution -> {
            execution.noEffect();
            return StoredResponse.empty();
        });
        assertOneRuns(call);
    }

    private void assertOneRuns(IdempotentCall call) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(MANY);
        try {
            CountDownLatch ready = new CountDownLatch(MANY);
            List<Future<IdempotentResult>> results = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                results.add(executor.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return idempotency.execute(
                            call, execution -> StoredResponse.of("run " + effects.incrementAndGet()));
                }));
            }
            int executed = 0;
            for (Future<IdempotentResult> result : results) {
                if (result.get() instanceof IdempotentResult.Replayed replayed) {
                    assertThat(replayed.response()).isEqualTo(StoredResponse.of("run 1"));
                } else {
                    assertThat(result.get()).isEqualTo(new IdempotentResult.Executed(StoredResponse.of("run 1")));
                    executed++;
                }
            }
            assertThat(executed).isEqualTo(1);
            assertThat(effects).hasValue(1);
        } finally {
            executor.shutdownNow();
        }
    }
}
