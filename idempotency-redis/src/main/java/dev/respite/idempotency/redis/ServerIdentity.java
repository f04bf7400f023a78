package dev.respite.idempotency.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import java.util.ArrayList;
import java.util.List;

/**
 * The ids by which a server can be recognised later.
 *
 * @param replicationId new after a promotion and after a start
 * @param runId new after a start
 * @param commands the connection to it
 */
record ServerIdentity(String replicationId, String runId, RedisServerAsyncCommands<String, byte[]> commands) {

    /**
     * Reads the ids of the servers that keep records. A server of a cluster that does not answer is left out.
     *
     * @throws RedisException if none answers
     */
    static List<ServerIdentity> readAll(Link link) {
        List<RedisServerAsyncCommands<String, byte[]>> each =
                link.servers().current().each();
        List<RedisFuture<String>> replies =
                each.stream().map(RedisServerAsyncCommands::info).toList();
        List<ServerIdentity> found = new ArrayList<>();
        RedisException failure = new RedisException("no server of the cluster has slots");
        for (int i = 0; i < replies.size(); i++) {
            try {
                found.add(of(link.await(replies.get(i)), each.get(i)));
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
