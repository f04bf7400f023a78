package dev.respite.idempotency.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;

/**
 * A connection to the Redis server or cluster that stores the records.
 *
 * @param connection the connection, for closing it
 * @param commands commands that are routed to the server of a key
 * @param each the commands of each server that stores records
 */
record Connected(
        StatefulConnection<String, byte[]> connection,
        RedisClusterAsyncCommands<String, byte[]> commands,
        List<RedisServerAsyncCommands<String, byte[]>> each) {}
