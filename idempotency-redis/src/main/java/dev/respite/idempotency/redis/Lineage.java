package dev.respite.idempotency.redis;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The servers that have kept the records so far, each by its replication id, and up to when records may have been lost that
 * are not there.
 *
 * <p>A server takes a new replication id when it is promoted, and when it is started. Redis keeps the ids that were met in a hash;
 * this object keeps those that this process has seen in it. A script that is about to write a new record compares the id of its
 * server with them, so no record is written on a server that took over unnoticed.
 *
 * <p>Safe for use by any number of threads.
 */
final class Lineage {

    /** What a script is given instead of {@link #text} if it is not to look. */
    static final String IGNORED = "ignored";

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private final String name;
    private final Map<String, String> sinceById = new ConcurrentHashMap<>();

    Lineage(String prefix) {
        this.name = prefix + "{servers}";
    }

    /** The ids that were met, each with the time in microseconds up to when records may have been lost before it; 0 is none. */
    String text() {
        return sinceById.entrySet().stream()
                .map(one -> one.getKey() + " " + one.getValue() + "\n")
                .collect(Collectors.joining());
    }

    /** Whether the answer of a script says that its server has an id that was not met yet. */
    static boolean isUnfamiliar(List<byte[]> reply) {
        return text(reply, 0).equals("unfamiliar");
    }

    /**
     * Enters the server of that answer into the hash.
     *
     * @param unfamiliar the answer: kind, time, replication id, the one before, run id, whether there is an append-only file
     */
    void meet(Link link, List<byte[]> unfamiliar) {
        String id = text(unfamiliar, 2);
        boolean durable = text(unfamiliar, 5).equals("1") && link.servers().syncsAlways();
        List<byte[]> reply = Scripts.MEET.run(
                link,
                name,
                unfamiliar.get(2),
                unfamiliar.get(3),
                unfamiliar.get(4),
                bytes(durable ? "durable" : ""),
                bytes(Long.toString(knownFor(link.servers(), id).toNanos() / 1_000)),
                bytes(sinceById.isEmpty() ? "" : "knows"));
        String since = text(reply, 2);
        if (text(reply, 0).equals("lost")) {
            LOGGER.log(WARNING, warning(id, text(unfamiliar, 3), since));
        }
        sinceById.put(id, since);
    }

    private static String warning(String id, String before, String since) {
        return "Redis has failed over, or was restarted without appendonly yes and appendfsync always: its replication id is "
                + id + " now, and was " + before
                + " before. It may have lost records that were acknowledged. UUIDv7 keys"
                + " minted up to " + Records.instant(since)
                + " that are not found are answered Unknown and not run; other"
                + " keys run again. Find out what came of those keys, and resolve them";
    }

    /** How long ago this process saw that the server was a primary with this id already. */
    private static Duration knownFor(Servers servers, String id) {
        Servers.Sighting sighting = servers.lastSighting();
        return sighting.id().equals(id)
                ? Duration.ofNanos(TimeSource.system().nanoTime() - sighting.nanos())
                : Duration.ZERO;
    }

    private static String text(List<byte[]> reply, int index) {
        return new String(reply.get(index), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
