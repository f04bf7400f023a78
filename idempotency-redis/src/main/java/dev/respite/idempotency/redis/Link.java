package dev.respite.idempotency.redis;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection to Redis, or to a cluster of them, and how long it may be silent.
 *
 * @param commands what can be asked
 * @param timeout how long an answer is waited for
 */
record Link(RedisClusterAsyncCommands<String, byte[]> commands, Duration timeout) {

    /** Not the client's own timeout, which is a minute: who waits here holds up a request. */
    <T> T await(RedisFuture<T> answer) {
        return LettuceFutures.awaitOrCancel(answer, timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
