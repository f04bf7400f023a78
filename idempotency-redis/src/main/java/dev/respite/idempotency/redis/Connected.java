package dev.respite.idempotency.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.List;

/**
 * A connection to the Redis that keeps the records, or to a cluster of them.
 *
 * @param connection what is closed in the end
 * @param commands the commands of whichever server has a key
 * @param each the commands of each server that keeps records
 */
record Connected(
        StatefulConnection<String, byte[]> connection,
        RedisClusterAsyncCommands<String, byte[]> commands,
        List<RedisServerAsyncCommands<String, byte[]>> each) {}
