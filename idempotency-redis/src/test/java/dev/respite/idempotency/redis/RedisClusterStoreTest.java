package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyStore;
import dev.respite.test.IdempotencyStoreContract;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two of them share the keys. */
@Timeout(180)
class RedisClusterStoreTest implements IdempotencyStoreContract {

    private static final int SLOTS = 16_384;

    private static final List<Redis> NODES = new ArrayList<>();
    private static RedisClusterClient client;
    private static RedisIdempotencyStore store;

    @BeforeAll
    static void start() {
        List<String> settings = new ArrayList<>(Redis.DURABLE);
        settings.add("cluster-enabled yes");
        for (int i = 0; i < 2; i++) {
            Redis node = Redis.with(settings);
            NODES.add(node);
            node.commands()
                    .clusterAddSlots(
                            IntStream.range(i * SLOTS / 2, (i + 1) * SLOTS / 2).toArray());
        }
        NODES.get(0).commands().clusterMeet("127.0.0.1", NODES.get(1).uri().getPort());
        for (Redis node : NODES) {
            while (!node.commands().clusterInfo().contains("cluster_state:ok")
                    || !node.commands().clusterInfo().contains("cluster_known_nodes:2")) {
                Thread.onSpinWait();
            }
        }
        client = RedisClusterClient.create(NODES.get(0).uri());
        store = RedisIdempotencyStore.in(client)
                .withTimeout(Duration.ofSeconds(20))
                .requireDurable();
    }

    @AfterAll
    static void stop() {
        store.close();
        client.shutdown();
        NODES.forEach(Redis::close);
    }

    @Override
    public IdempotencyStore store() {
        return store;
    }

    /** Redis removes by itself what has expired, and leaves no mark. */
    @Override
    public boolean refusesKeysOlderThanPurgedOnes() {
        return false;
    }

    @Override
    public void letPass(Duration time) {
        NODES.get(0).letPass(time);
    }

    @Test
    void putIfAbsent_manyKeys_areOnBoth() {
        for (int i = 0; i < 20; i++) {
            Lived payment = new Lived(store);
            payment.ask(payment.external());
        }
        assertThat(NODES).allMatch(node -> node.commands().dbsize() > 0);
    }

    /** Whichever it is. */
    @Test
    void fault28_oneOfThemEvicts_isRefused() {
        for (Redis node : NODES) {
            node.commands().configSet("maxmemory-policy", "allkeys-lru");
            try {
                assertThatThrownBy(() -> RedisIdempotencyStore.in(client))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("allkeys-lru");
            } finally {
                node.commands().configSet("maxmemory-policy", "noeviction");
            }
        }
    }
}
