package dev.respite.idempotency.redis;

import dev.respite.TimeSource;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The connection to Redis that is in use, and how to make another. Lettuce reconnects when a connection breaks; it stays when
 * the server at the other end becomes a replica, so {@link #leave} replaces the connection then.
 *
 * <p>Safe for use by any number of threads.
 */
final class Servers {

    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    /** Longer than for a record: nobody waits for an answer yet, and a cluster makes connections first. */
    private static final Duration AT_THE_START = Duration.ofSeconds(10);

    /** Where a name still leads to the old primary, connecting again at once does not help. */
    private static final Duration BETWEEN_MOVES = Duration.ofMillis(500);

    private final Supplier<Connected> connecting;
    private final AtomicReference<Connected> current;
    private final AtomicReference<Move> move =
            new AtomicReference<>(new Move(CompletableFuture.completedFuture(null), Long.MIN_VALUE));
    private final AtomicReference<Sighting> sighting;
    private volatile boolean closed;
    private volatile boolean syncsAlways;

    /**
     * A replacement of the connection.
     *
     * @param end completes when it was made or has failed
     * @param startNanos when it began
     */
    private record Move(CompletableFuture<Void> end, long startNanos) {}

    /**
     * A primary as it was seen when it was connected to.
     *
     * @param id its replication id; empty if none was seen
     * @param nanos when
     */
    record Sighting(String id, long nanos) {}

    private Servers(Supplier<Connected> connecting, AtomicReference<Sighting> sighting) {
        this.connecting = connecting;
        this.sighting = sighting;
        this.current = new AtomicReference<>(connecting.get());
    }

    static Servers of(RedisClient client) {
        AtomicReference<Sighting> sighting = new AtomicReference<>(new Sighting("", 0));
        return new Servers(
                () -> {
                    StatefulRedisConnection<String, byte[]> connection = client.connect(CODEC);
                    see(connection, sighting);
                    connection.addListener(new RedisConnectionStateListener() {
                        @Override
                        public void onRedisConnected(RedisChannelHandler<?, ?> again, SocketAddress address) {
                            see(connection, sighting);
                        }
                    });
                    return new Connected(connection, connection.async(), List.of(connection.async()));
                },
                sighting);
    }

    private static void see(StatefulRedisConnection<String, byte[]> connection, AtomicReference<Sighting> sighting) {
        var unused = connection.async().info("replication").thenAccept(info -> {
            String id = ServerFacts.value(info, "master_replid");
            boolean isNew = !sighting.get().id().equals(id);
            if (isNew && ServerFacts.value(info, "role").equals("master")) {
                sighting.set(new Sighting(id, TimeSource.system().nanoTime()));
            }
        });
    }

    static Servers of(RedisClusterClient client) {
        return new Servers(() -> connected(client), new AtomicReference<>(new Sighting("", 0)));
    }

    private static Connected connected(RedisClusterClient client) {
        StatefulRedisClusterConnection<String, byte[]> connection = client.connect(CODEC);
        List<RedisServerAsyncCommands<String, byte[]>> each = new ArrayList<>();
        for (RedisClusterNode node : connection.getPartitions()) {
            if (node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots()) {
                each.add(connection.getConnection(node.getNodeId()).async());
            }
        }
        return new Connected(connection, connection.async(), List.copyOf(each));
    }

    /** The primary that a single server was when it was last connected to. */
    Sighting lastSighting() {
        return sighting.get();
    }

    /** Whether each server said, when it was last asked, that a write is on the disk before it is answered. */
    boolean syncsAlways() {
        return syncsAlways;
    }

    Connected current() {
        return current.get();
    }

    Link link(Duration timeout) {
        return new Link(this, timeout);
    }

    List<ServerFacts> facts() {
        Link patient = link(AT_THE_START);
        List<ServerFacts> facts = current().each().stream()
                .map(server -> ServerFacts.ask(patient, server))
                .toList();
        syncsAlways = facts.stream().allMatch(ServerFacts::syncsAlways);
        return facts;
    }

    /**
     * Replaces a connection whose server does not take writes: the client looks up the address again, by Sentinel or by name.
     * Nothing happens if the connection was replaced already, or less than {@link #BETWEEN_MOVES} ago.
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
        // Connecting may take as long as the client's timeout, and the caller waits for less.
        Thread thread = new Thread(null, () -> replace(left, mine), "respite-redis", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
        return mine.end();
    }

    private void replace(Connected left, Move mine) {
        try {
            if (!closed) {
                current.set(connecting.get());
                left.connection().close();
            }
        } catch (RuntimeException stillAway) {
            // The old connection stays; the next write that it refuses tries again.
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
