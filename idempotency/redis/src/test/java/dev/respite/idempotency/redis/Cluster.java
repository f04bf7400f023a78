package dev.respite.idempotency.redis;

import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Two servers that share the slots, and a client of them. */
final class Cluster implements AutoCloseable {

    private static final int SLOTS = 16_384;

    final List<Redis> nodes = new ArrayList<>();
    final RedisClusterClient client;

    private final List<String> settings;

    Cluster(List<String> settings) {
        this.settings = new ArrayList<>(settings);
        this.settings.add("cluster-enabled yes");
        this.settings.add("cluster-node-timeout 60000");
        for (int i = 0; i < 2; i++) {
            add();
            nodes.get(i)
                    .commands()
                    .clusterAddSlots(
                            IntStream.range(i * SLOTS / 2, (i + 1) * SLOTS / 2).toArray());
        }
        join(1);
        client = RedisClusterClient.create(nodes.get(0).uri());
    }

    private void add() {
        nodes.add(Redis.with(settings));
    }

    private void join(int node) {
        nodes.get(0).commands().clusterMeet("127.0.0.1", nodes.get(node).uri().getPort());
        for (Redis one : nodes) {
            awaitKnown(one);
        }
    }

    private void awaitKnown(Redis node) {
        Redis.await(() -> {
            String info = node.commands().clusterInfo();
            return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + nodes.size());
        });
    }

    /** A third server, which gets one slot. */
    void addNodeFor(int slot) {
        add();
        join(2);
        String id = nodes.get(2).commands().clusterMyId();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            nodes.get(i).commands().clusterSetSlotNode(slot, id);
        }
    }

    /** By SIGKILL, and starts it again. */
    void restart(int node) {
        nodes.get(node).kill();
        nodes.get(node).restart();
        awaitKnown(nodes.get(node));
    }

    RedisIdempotencyStore store() {
        return RedisIdempotencyStore.of(client).withTimeout(Duration.ofSeconds(20));
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        nodes.forEach(Redis::close);
    }
}
