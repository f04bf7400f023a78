package dev.respite.idempotency.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.List;
import java.util.function.Supplier;

/**
 * A connection to the Redis server or cluster that stores the records.
 *
 * @param connection the connection, for closing it
 * @param commands commands that are routed to the server of a key
 * @param each the commands of each server that stored records when the connection was made
 */
record Connected(
        StatefulConnection<String, byte[]> connection,
        RedisClusterAsyncCommands<String, byte[]> commands,
        List<RedisClusterAsyncCommands<String, byte[]>> each) {

    /** Returns the commands of each server that stores records now. A supplier may connect, and throw an exception. */
    List<Supplier<RedisClusterAsyncCommands<String, byte[]>>> primaries() {
        if (connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster) {
            return primaries(cluster).stream()
                    .<Supplier<RedisClusterAsyncCommands<String, byte[]>>>map(node ->
                            () -> cluster.getConnection(node.getNodeId()).async())
                    .toList();
        }
        return each.stream()
                .<Supplier<RedisClusterAsyncCommands<String, byte[]>>>map(one -> () -> one)
                .toList();
    }

    static List<RedisClusterNode> primaries(StatefulRedisClusterConnection<String, byte[]> cluster) {
        return cluster.getPartitions().stream()
                .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots())
                .toList();
    }
}
