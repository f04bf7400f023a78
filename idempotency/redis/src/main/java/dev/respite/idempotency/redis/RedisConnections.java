package dev.respite.idempotency.redis;

import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The connection to a Redis server or cluster, with the maximum wait for one reply, more than 0. */
record RedisConnections(Servers servers, Duration timeout) {

    /** The first word of the error of a replica; before Redis 7 it occurs within the error of the script. */
    static final String READ_ONLY = "READONLY";

    RedisClusterAsyncCommands<String, byte[]> commands() {
        return servers.current().commands();
    }

    /**
     * Waits for a reply, for at most the reply timeout. The timeout of the client, a minute by default, is too long: a
     * request is blocked meanwhile.
     */
    <T> T await(RedisFuture<T> reply) {
        return LettuceFutures.awaitOrCancel(reply, timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Runs an operation that may write. If the server is a replica, it has written nothing. The connection is then replaced
     * before the error is passed on, so that a retry reaches the primary.
     */
    <T> T writing(Supplier<T> operation) {
        Connected used = servers.current();
        try {
            return operation.get();
        } catch (RedisCommandExecutionException failure) {
            if (String.valueOf(failure.getMessage()).contains(READ_ONLY)) {
                awaitEnd(servers.leave(used));
                throw new RedisException(
                        "the server has become a replica and rejects writes; the connection is"
                                + " being replaced with one to the address that the client resolves now",
                        failure);
            }
            throw failure;
        }
    }

    private void awaitEnd(CompletableFuture<Void> move) {
        try {
            move.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException late) {
            // The replacement continues in the background; a retry may find it completed.
        }
    }
}
