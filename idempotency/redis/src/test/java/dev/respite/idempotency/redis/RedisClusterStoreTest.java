package dev.respite.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.idempotency.test.IdempotencyStoreContract;
import dev.respite.time.VirtualTime;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two of them share the keys. */
class RedisClusterStoreTest implements IdempotencyStoreContract {

    private static Cluster cluster;
    private static RedisIdempotencyStore store;

    @BeforeAll
    static void start() {
        cluster = new Cluster(Redis.DURABLE);
        store = cluster.store().requireDurable();
    }

    @AfterAll
    static void stop() {
        store.close();
        cluster.close();
    }

    @Override
    public IdempotencyStore store() {
        return store;
    }

    /** Redis removes expired records by itself, and leaves no mark. */
    @Override
    public boolean rejectsKeysOlderThanPurgedOnes() {
        return false;
    }

    @Override
    public void advance(Duration time) {
        cluster.nodes.get(0).letPass(time);
    }

    @Test
    void putIfAbsent_manyKeys_areOnBoth() {
        for (int i = 0; i < 20; i++) {
            PaymentFixture payment = new PaymentFixture(store);
            payment.execute(payment.external());
        }
        assertThat(cluster.nodes).allMatch(node -> node.commands().dbsize() > 0);
    }

    /** A server that is not registered with the first one is taken for one that has lost its records. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void execute_firstKeysOfEachShard_areExecuted(int first) {
        RedisIdempotencyStore mine = store.withPrefix("first on " + first + ":");
        for (int node : new int[] {first, 1 - first, first}) {
            IdempotentCall call = Stream.generate(
                            () -> PaymentFixture.minted(Instant.now().minusSeconds(1)))
                    .map(PaymentFixture::call)
                    .filter(one ->
                            SlotHash.getSlot("{" + one.storageKey() + "}") < SlotHash.SLOT_COUNT / 2 == (node == 0))
                    .findFirst()
                    .orElseThrow();
            assertThat(PaymentFixture.external(mine).execute(call, execution -> StoredResponse.of("paid")))
                    .isInstanceOf(IdempotentResult.Executed.class);
        }
    }

    @Test
    void estimatedCount_fewNames_isTheNumberOnBoth() {
        for (int i = 0; i < 20; i++) {
            PaymentFixture payment = new PaymentFixture(store);
            payment.execute(payment.external());
        }
        long records = cluster.nodes.stream()
                .flatMap(node -> node.commands().keys("respite:idempotency:{*").stream())
                .filter(name -> !name.contains("{servers}"))
                .count();
        assertThat(store.estimatedCount()).isEqualTo(records);
    }

    @Test
    void fault28_oneOfThemEvictsLater_newKeysAreRejected() {
        VirtualTime time = new VirtualTime();
        try (RedisIdempotencyStore checked =
                RedisIdempotencyStore.of(cluster.client, time).withTimeout(Duration.ofSeconds(20))) {
            for (Redis node : cluster.nodes) {
                PaymentFixture payment = new PaymentFixture(checked);
                node.commands().configSet("maxmemory-policy", "allkeys-lru");
                time.advance(EvictionCheck.INTERVAL);
                assertThatThrownBy(() -> payment.execute(payment.external()))
                        .isInstanceOf(StoreUnavailableException.class)
                        .hasMessageContaining("allkeys-lru");
                node.commands().configSet("maxmemory-policy", "noeviction");
                time.advance(EvictionCheck.INTERVAL);
                assertThat(payment.execute(payment.external())).isInstanceOf(IdempotentResult.Executed.class);
            }
        }
    }

    /** Whichever it is. */
    @Test
    void fault28_oneOfThemEvicts_isRejected() {
        for (Redis node : cluster.nodes) {
            node.commands().configSet("maxmemory-policy", "allkeys-lru");
            try {
                assertThatThrownBy(() -> RedisIdempotencyStore.of(cluster.client))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("allkeys-lru");
            } finally {
                node.commands().configSet("maxmemory-policy", "noeviction");
            }
        }
    }
}
