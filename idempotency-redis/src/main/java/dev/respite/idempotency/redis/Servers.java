package dev.respite.idempotency.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The Redis that keeps the records, or all of a cluster that do.
 *
 * @param connection what is closed in the end
 * @param commands what can be asked of whichever has a key
 * @param each what can be asked of each
 */
record Servers(
        StatefulConnection<String, byte[]> connection,
        RedisClusterAsyncCommands<String, byte[]> commands,
        List<RedisServerAsyncCommands<String, byte[]>> each) {

    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    /** Longer than for a record: nobody waits for an answer yet, and a cluster makes connections first. */
    private static final Duration AT_THE_START = Duration.ofSeconds(10);

    static Servers of(RedisClient client) {
        StatefulRedisConnection<String, byte[]> connection = client.connect(CODEC);
        return new Servers(connection, connection.async(), List.of(connection.async()));
    }

    static Servers of(RedisClusterClient client) {
        StatefulRedisClusterConnection<String, byte[]> connection = client.connect(CODEC);
        List<RedisServerAsyncCommands<String, byte[]>> each = new ArrayList<>();
        for (RedisClusterNode node : connection.getPartitions()) {
            if (node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots()) {
                each.add(connection.getConnection(node.getNodeId()).async());
            }
        }
        return new Servers(connection, connection.async(), List.copyOf(each));
    }

    Link link(Duration timeout) {
        return new Link(commands, timeout);
    }

    List<ServerFacts> facts() {
        Link patient = link(AT_THE_START);
        return each.stream().map(server -> ServerFacts.ask(patient, server)).toList();
    }

    void close() {
        connection.close();
    }
}
