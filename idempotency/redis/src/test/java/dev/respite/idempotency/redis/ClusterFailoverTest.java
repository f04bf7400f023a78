package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.StoredResponse;
import io.lettuce.core.cluster.SlotHash;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which servers of a cluster without an append-only file are taken for ones that may have lost records. */
@Tag("slow")
class ClusterFailoverTest {

    private static final int SLOTS_OF_FIRST = 8_192;

    private final Cluster cluster = new Cluster(List.of("appendonly no"));
    private final RedisIdempotencyStore store = cluster.store();

    @AfterEach
    void stop() {
        store.close();
        cluster.close();
    }

    /** Minted before it is sent, as that of each client whose request takes its time. */
    private static String minted() {
        return PaymentFixture.minted(Instant.now().minusSeconds(1));
    }

    private static int slot(String key) {
        return SlotHash.getSlot("{" + PaymentFixture.call(key).storageKey() + "}");
    }

    private static String mintedOn(int node) {
        return Stream.generate(ClusterFailoverTest::minted)
                .filter(key -> slot(key) < SLOTS_OF_FIRST == (node == 0))
                .findFirst()
                .orElseThrow();
    }

    private static IdempotentResult ask(IdempotencyStore store, String key) {
        return PaymentFixture.external(store).execute(PaymentFixture.call(key), execution -> StoredResponse.of("paid"));
    }

    @Test
    void execute_firstKeysOfEachShard_areExecuted() {
        for (int node : new int[] {1, 0, 1, 0}) {
            assertThat(ask(store, mintedOn(node))).isInstanceOf(IdempotentResult.Executed.class);
        }
    }

    @Test
    void execute_twoProcessesStartAtTheSameMoment_firstKeysOfEachShardAreExecuted() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (RedisIdempotencyStore another = cluster.store()) {
            List<RedisIdempotencyStore> processes = List.of(store, another);
            for (int round = 0; round < 50; round++) {
                CyclicBarrier ready = new CyclicBarrier(2);
                List<Future<IdempotentResult>> results = new ArrayList<>();
                for (int node = 0; node < 2; node++) {
                    // Each prefix has a hash of its own, which is empty again.
                    RedisIdempotencyStore process = processes.get(node).withPrefix("round" + round + ":");
                    String key = mintedOn(node);
                    results.add(threads.submit(() -> {
                        ready.await();
                        return ask(process, key);
                    }));
                }
                for (Future<IdempotentResult> result : results) {
                    assertThat(result.get()).isInstanceOf(IdempotentResult.Executed.class);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The hash is on one of the two. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void execute_oneShardWasStartedAgain_itsKeysAreUnknownAndTheOthersAreNot(int node) {
        String lost = mintedOn(node);
        assertThat(ask(store, lost)).isInstanceOf(IdempotentResult.Executed.class);
        cluster.restart(node);
        assertThat(ask(store, lost)).isInstanceOf(IdempotentResult.Unknown.class);
        assertThat(ask(store, mintedOn(1 - node))).isInstanceOf(IdempotentResult.Executed.class);
        try (RedisIdempotencyStore another = cluster.store()) {
            assertThat(ask(another, mintedOn(1 - node))).isInstanceOf(IdempotentResult.Executed.class);
        }
    }

    /** The documented limit: a new server and one that lost its data look the same. */
    @Test
    void execute_shardAddedLater_keysMintedBeforeAreUnknown() {
        assertThat(ask(store, minted())).isInstanceOf(IdempotentResult.Executed.class);
        String before = minted();
        cluster.addNodeFor(slot(before));
        assertThat(ask(store, before)).isInstanceOf(IdempotentResult.Unknown.class);
        String after = Stream.generate(() -> PaymentFixture.minted(Instant.now().plusSeconds(1)))
                .filter(key -> slot(key) == slot(before))
                .findFirst()
                .orElseThrow();
        assertThat(ask(store, after)).isInstanceOf(IdempotentResult.Executed.class);
    }
}
