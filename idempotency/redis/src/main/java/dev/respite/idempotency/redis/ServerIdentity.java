package dev.respite.idempotency.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;

/**
 * The ids that identify a server.
 *
 * @param replicationId changes with each promotion and each start
 * @param runId changes with each start
 * @param commands the connection to it
 */
record ServerIdentity(String replicationId, String runId, RedisServerAsyncCommands<String, byte[]> commands) {

    /**
     * Reads the ids of the servers that store records. A server of a cluster that does not respond is omitted.
     *
     * @throws RedisException if none responds
     */
    static List<ServerIdentity> readAll(RedisConnections connections) {
        List<RedisClusterAsyncCommands<String, byte[]>> each =
                connections.servers().current().each();
        List<RedisFuture<String>> replies =
                each.stream().map(RedisServerAsyncCommands::info).toList();
        List<ServerIdentity> found = new ArrayList<>();
        RedisException failure = new RedisException("no server of the cluster has slots");
        for (int i = 0; i < replies.size(); i++) {
            try {
                found.add(of(connections.await(replies.get(i)), each.get(i)));
            } catch (RedisException unreachable) {
                failure = unreachable;
            }
        }
        if (found.isEmpty()) {
            throw failure;
        }
        return List.copyOf(found);
    }

    private static ServerIdentity of(String info, RedisServerAsyncCommands<String, byte[]> commands) {
        return new ServerIdentity(
                ServerFacts.value(info, "master_replid"), ServerFacts.value(info, "run_id"), commands);
    }
}
