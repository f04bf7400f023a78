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

/**
 * The connection to Redis, or to a cluster of them, and the answer timeout.
 *
 * @param servers the connection
 * @param timeout the answer timeout: the longest wait for one reply, more than 0
 */
record Link(Servers servers, Duration timeout) {

    /** So begins the error of a replica; before version 7 it is in the midst of the error of the script. */
    static final String READ_ONLY = "READONLY";

    RedisClusterAsyncCommands<String, byte[]> commands() {
        return servers.current().commands();
    }

    /** Waits for the answer timeout, not for the client's own, which is a minute: a request is blocked meanwhile. */
    <T> T await(RedisFuture<T> answer) {
        return LettuceFutures.awaitOrCancel(answer, timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Runs something that may write. If the server is a replica, which has written nothing then, the connection is replaced
     * before the error is passed on: the caller that tries again reaches the primary.
     */
    <T> T writing(Supplier<T> question) {
        Connected used = servers.current();
        try {
            return question.get();
        } catch (RedisCommandExecutionException failure) {
            if (String.valueOf(failure.getMessage()).contains(READ_ONLY)) {
                awaitEnd(servers.leave(used));
                throw new RedisException(
                        "the server has become a replica and takes no writes; the connection is"
                                + " being replaced, by the address that the client now finds",
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
            // It goes on; the caller that tries again may find it done.
        }
    }
}
