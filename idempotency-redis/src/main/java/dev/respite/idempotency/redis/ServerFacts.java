package dev.respite.idempotency.redis;

import static java.lang.System.Logger.Level.WARNING;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import java.util.List;
import java.util.Optional;

/**
 * What one Redis says of itself, as far as records depend on it.
 *
 * @param evictionPolicy what it drops when memory is full
 * @param hasAppendOnlyFile whether it writes down what it is told
 * @param fsync when what it has written is on the disk; empty if it does not say, as those of some providers
 */
record ServerFacts(String evictionPolicy, boolean hasAppendOnlyFile, Optional<String> fsync) {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private static final String UNSAID = "(not said)";

    static ServerFacts ask(Link link, RedisServerAsyncCommands<?, ?> server) {
        // INFO, not CONFIG: providers that lock the settings away still say what they are.
        String memory = link.await(server.info("memory"));
        String persistence = link.await(server.info("persistence"));
        return new ServerFacts(
                value(memory, "maxmemory_policy"),
                value(persistence, "aof_enabled").equals("1"),
                fsync(link, server));
    }

    /** When the server writes its append-only file to the disk; empty if it does not return the setting. */
    static Optional<String> fsync(Link link, RedisServerAsyncCommands<?, ?> server) {
        try {
            return Optional.ofNullable(
                    link.await(server.configGet("appendfsync")).get("appendfsync"));
        } catch (RedisCommandExecutionException locked) {
            return Optional.empty();
        }
    }

    static String value(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .findFirst()
                .map(line -> line.substring(name.length() + 1).strip())
                .orElse(UNSAID);
    }

    /**
     * Rejects a server that evicts, and logs a warning of each way in which one may lose records when it crashes.
     *
     * @throws IllegalStateException if one of them evicts
     */
    static void check(List<ServerFacts> servers) {
        servers.forEach(ServerFacts::requireNoEviction);
        servers.stream()
                .flatMap(one -> one.flawInDurability().stream())
                .distinct()
                .forEach(flaw -> LOGGER.log(WARNING, flaw));
    }

    /** Also where there is no maxmemory yet: it may be set later. */
    private void requireNoEviction() {
        if (!evictionPolicy.equals("noeviction")) {
            throw new IllegalStateException("Redis has maxmemory-policy " + evictionPolicy
                    + ": when memory is full it drops records, and what was done is done again. Set maxmemory-policy"
                    + " noeviction (in its configuration, or by CONFIG SET), or keep records in a Redis of their own");
        }
    }

    private boolean syncsAlways() {
        return isAlways(fsync);
    }

    static boolean isAlways(Optional<String> fsync) {
        return fsync.orElse(UNSAID).equals("always");
    }

    Optional<String> flawInDurability() {
        if (!hasAppendOnlyFile) {
            return Optional.of("Redis has appendonly no: when it crashes it loses records, and what was done is done"
                    + " again. Set appendonly yes and appendfsync always");
        }
        String when = fsync.orElse(UNSAID);
        if (!syncsAlways()) {
            return Optional.of(
                    "Redis has appendfsync " + when + ": when its machine crashes it may lose the last records,"
                            + " and what was done is done again. Set appendfsync always");
        }
        return Optional.empty();
    }
}
