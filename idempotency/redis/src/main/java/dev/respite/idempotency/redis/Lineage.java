package dev.respite.idempotency.redis;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The servers that have stored the records so far, each by its replication id, with the time up to when records of it may have
 * been lost.
 *
 * <p>A server takes a new replication id when it is promoted, and when it is started. Redis keeps the ids in a hash;
 * this object keeps those that this process has registered. A script that is about to write a new record compares the id of its
 * server with them, so a server that took over is registered before the first record is written on it. The first registration
 * of all covers each server of a cluster: they hold no records yet, so none is lost.
 *
 * <p>Safe for use by any number of threads.
 */
final class Lineage {

    /** The argument of a script, instead of {@link #text}, if it does not compare ids. */
    static final String IGNORED = "ignored";

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private final String name;
    private final Map<String, String> sinceById = new ConcurrentHashMap<>();

    Lineage(String prefix) {
        this.name = prefix + "{servers}";
    }

    /**
     * The ids that this process has registered, each with the time in microseconds up to when records may have been lost; 0 is
     * none.
     */
    String text() {
        return sinceById.entrySet().stream()
                .map(one -> one.getKey() + " " + one.getValue() + "\n")
                .collect(Collectors.joining());
    }

    /** Returns whether the reply of a script shows that this process has not registered the server that ran it. */
    static boolean isUnknownServer(List<byte[]> reply) {
        return text(reply, 0).equals("unknown-server");
    }

    /**
     * Registers the server that sent the reply, in the hash and in this object.
     *
     * @param reply kind, time, replication id, the one before, run id, whether there is an append-only file
     */
    void register(RedisConnections connections, List<byte[]> reply) {
        String id = text(reply, 2);
        List<ServerIdentity> servers = ServerIdentity.readAll(connections);
        boolean durable = text(reply, 5).equals("1") && syncsAlways(connections, servers, id);
        List<byte[]> registered = Scripts.REGISTER.run(
                connections,
                name,
                reply.get(2),
                reply.get(3),
                reply.get(4),
                bytes(durable ? "durable" : ""),
                bytes(Long.toString(observedFor(connections.servers(), id).toNanos() / 1_000)),
                bytes(text()),
                bytes(lines(servers)));
        String since = text(registered, 2);
        if (text(registered, 0).equals("lost")) {
            LOGGER.log(WARNING, warning(id, text(reply, 3), since));
        }
        sinceById.put(id, since);
        for (int i = 3; i < registered.size(); i += 2) {
            if (registered.get(i + 1).length > 0) {
                sinceById.put(text(registered, i), text(registered, i + 1));
            }
        }
    }

    /** The setting is read again: the server that was connected to at the start may have been another one. */
    private static boolean syncsAlways(RedisConnections connections, List<ServerIdentity> servers, String id) {
        return servers.stream()
                .filter(server -> server.replicationId().equals(id))
                .findFirst()
                .filter(server -> ServerFacts.isAlways(ServerFacts.fsync(connections, server.commands())))
                .isPresent();
    }

    private static String lines(List<ServerIdentity> servers) {
        return servers.stream()
                .map(server -> server.replicationId() + " " + server.runId() + "\n")
                .collect(Collectors.joining());
    }

    private static String warning(String id, String before, String since) {
        return "Redis has failed over, was added to a cluster, or was restarted without appendonly yes and"
                + " appendfsync always: its replication id is "
                + id + " now, and was " + before
                + " before. It may have lost records that were acknowledged. UUIDv7 keys"
                + " minted up to " + RecordCodec.instant(since)
                + " that are not found get the result Unknown and do not run; other"
                + " keys run again. Find out whether their effects took place, and resolve them";
    }

    /** Returns the time since this process first observed the server as a primary with this id. */
    private static Duration observedFor(Servers servers, String id) {
        Servers.ObservedPrimary observed = servers.lastObserved();
        return observed.id().equals(id)
                ? Duration.ofNanos(TimeSource.system().nanoTime() - observed.nanos())
                : Duration.ZERO;
    }

    private static String text(List<byte[]> reply, int index) {
        return new String(reply.get(index), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
