package dev.respite.idempotency.redis;

import dev.respite.time.TimeSource;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The current connection to Redis, and how to replace it. Lettuce reconnects when a connection breaks. It does not reconnect
 * when the server becomes a replica; {@link #leave} replaces the connection in that case.
 *
 * <p>Safe for use by any number of threads.
 */
final class Servers {

    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    /** Longer than the timeout of a record: no request is waiting, and a cluster opens connections first. */
    static final Duration AT_THE_START = Duration.ofSeconds(10);

    /** A name may still resolve to the old primary, so reconnecting again at once does not help. */
    private static final Duration BETWEEN_MOVES = Duration.ofMillis(500);

    private final Supplier<Connected> connecting;
    private final Executor background;
    private final AtomicReference<Connected> current;
    private final AtomicReference<Move> move =
            new AtomicReference<>(new Move(CompletableFuture.completedFuture(null), Long.MIN_VALUE));
    private final AtomicReference<ObservedPrimary> observed;
    private volatile boolean closed;

    /**
     * A replacement of the connection.
     *
     * @param end completes when the replacement has succeeded or failed
     * @param startNanos when it began
     */
    private record Move(CompletableFuture<Void> end, long startNanos) {}

    /**
     * A primary as it was observed when the connection was made.
     *
     * @param id its replication id; empty if none was observed
     * @param nanos when, by {@link TimeSource#nanoTime()}
     */
    record ObservedPrimary(String id, long nanos) {}

    private Servers(Supplier<Connected> connecting, AtomicReference<ObservedPrimary> observed, Executor background) {
        this.connecting = connecting;
        this.background = background;
        this.observed = observed;
        this.current = new AtomicReference<>(connecting.get());
    }

    static Servers of(RedisClient client) {
        return of(client, Servers::startThread);
    }

    /**
     * Connects to a single server.
     *
     * @param background runs the replacement of a connection; connecting may take as long as the client's timeout, which is
     *     longer than the caller waits
     */
    static Servers of(RedisClient client, Executor background) {
        AtomicReference<ObservedPrimary> observed = new AtomicReference<>(new ObservedPrimary("", 0));
        return new Servers(
                () -> {
                    StatefulRedisConnection<String, byte[]> connection = client.connect(CODEC);
                    observe(connection, observed);
                    connection.addListener(new RedisConnectionStateListener() {
                        @Override
                        public void onRedisConnected(RedisChannelHandler<?, ?> again, SocketAddress address) {
                            observe(connection, observed);
                        }
                    });
                    return new Connected(connection, connection.async(), List.of(connection.async()));
                },
                observed,
                background);
    }

    static void startThread(Runnable task) {
        Thread thread = new Thread(null, task, "respite-redis", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    private static void observe(
            StatefulRedisConnection<String, byte[]> connection, AtomicReference<ObservedPrimary> observed) {
        var unused = connection.async().info("replication").thenAccept(info -> {
            String id = ServerFacts.value(info, "master_replid");
            boolean isNew = !observed.get().id().equals(id);
            if (isNew && ServerFacts.value(info, "role").equals("master")) {
                observed.set(new ObservedPrimary(id, TimeSource.system().nanoTime()));
            }
        });
    }

    static Servers of(RedisClusterClient client) {
        return new Servers(
                () -> connected(client), new AtomicReference<>(new ObservedPrimary("", 0)), Servers::startThread);
    }

    private static Connected connected(RedisClusterClient client) {
        StatefulRedisClusterConnection<String, byte[]> connection = client.connect(CODEC);
        List<RedisClusterAsyncCommands<String, byte[]>> each = new ArrayList<>();
        for (RedisClusterNode node : Connected.primaries(connection)) {
            each.add(connection.getConnection(node.getNodeId()).async());
        }
        return new Connected(connection, connection.async(), List.copyOf(each));
    }

    /** Returns the primary that a single server was when it was last connected to. */
    ObservedPrimary lastObserved() {
        return observed.get();
    }

    Connected current() {
        return current.get();
    }

    RedisConnections connections(Duration timeout) {
        return new RedisConnections(this, timeout);
    }

    List<ServerFacts> facts() {
        RedisConnections patient = connections(AT_THE_START);
        return current().each().stream()
                .map(server -> ServerFacts.read(patient, server))
                .toList();
    }

    /**
     * Replaces a connection whose server rejects writes: the client resolves the address again, by Sentinel or by name. Does
     * nothing if the connection was replaced already, or less than {@link #BETWEEN_MOVES} ago.
     *
     * @param left the connection that was in use
     * @return completes, never exceptionally, when the attempt has ended
     */
    CompletableFuture<Void> leave(Connected left) {
        Move last = move.get();
        long now = TimeSource.system().nanoTime();
        boolean justMoved = last.startNanos() != Long.MIN_VALUE && now - last.startNanos() < BETWEEN_MOVES.toNanos();
        if (!current.get().equals(left) || justMoved || !last.end().isDone()) {
            return last.end();
        }
        Move mine = new Move(new CompletableFuture<>(), now);
        if (!move.compareAndSet(last, mine)) {
            return move.get().end();
        }
        try {
            background.execute(() -> replace(left, mine));
        } catch (RuntimeException | Error notStarted) {
            // An incomplete move would prevent every later one.
            mine.end().complete(null);
            throw notStarted;
        }
        return mine.end();
    }

    private void replace(Connected left, Move mine) {
        try {
            if (!closed) {
                current.set(connecting.get());
                left.connection().close();
            }
        } catch (RuntimeException notConnected) {
            // The old connection stays; its next rejected write starts another attempt.
        } finally {
            if (closed) {
                current().connection().close();
            }
            mine.end().complete(null);
        }
    }

    void close() {
        closed = true;
        current().connection().close();
    }
}
