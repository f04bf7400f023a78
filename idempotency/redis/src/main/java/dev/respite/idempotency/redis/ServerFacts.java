package dev.respite.idempotency.redis;

import static java.lang.System.Logger.Level.WARNING;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a Redis server on which the durability of records depends.
 *
 * @param evictionPolicy which keys it evicts when memory is full
 * @param hasAppendOnlyFile whether it has an append-only file
 * @param fsync when it syncs the file to the disk; empty if it does not report that, as with some providers
 */
record ServerFacts(String evictionPolicy, boolean hasAppendOnlyFile, Optional<String> fsync) {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    private static final String NOT_REPORTED = "(not reported)";

    static ServerFacts read(RedisConnections connections, RedisServerAsyncCommands<?, ?> server) {
        // INFO, not CONFIG: providers that disable CONFIG still report these values.
        String persistence = connections.await(server.info("persistence"));
        return new ServerFacts(
                evictionPolicy(connections, server),
                value(persistence, "aof_enabled").equals("1"),
                fsync(connections, server));
    }

    /** Returns which keys a server evicts when memory is full. */
    static String evictionPolicy(RedisConnections connections, RedisServerAsyncCommands<?, ?> server) {
        return value(connections.await(server.info("memory")), "maxmemory_policy");
    }

    /** Returns when the server syncs its append-only file to the disk; empty if it does not report the setting. */
    static Optional<String> fsync(RedisConnections connections, RedisServerAsyncCommands<?, ?> server) {
        try {
            return Optional.ofNullable(
                    connections.await(server.configGet("appendfsync")).get("appendfsync"));
        } catch (RedisCommandExecutionException locked) {
            return Optional.empty();
        }
    }

    static String value(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .findFirst()
                .map(line -> line.substring(name.length() + 1).strip())
                .orElse(NOT_REPORTED);
    }

    /**
     * Rejects a server that evicts keys, and logs a warning for each way in which a server may lose records in a crash.
     *
     * @throws IllegalStateException if one of them evicts keys
     */
    static void check(List<ServerFacts> servers) {
        servers.forEach(one -> evictionProblem(one.evictionPolicy()).ifPresent(unsupportedReason -> {
            throw new IllegalStateException(unsupportedReason);
        }));
        servers.stream()
                .flatMap(one -> one.durabilityProblem().stream())
                .distinct()
                .forEach(unsupportedReason -> LOGGER.log(WARNING, unsupportedReason));
    }

    /** Returns why a policy is rejected, with the remedy. It is also checked if maxmemory is not set: it may be set later. */
    static Optional<String> evictionProblem(String policy) {
        return policy.equals("noeviction")
                ? Optional.empty()
                : Optional.of("Redis has maxmemory-policy " + policy
                        + ": when memory is full it evicts records, and their work runs again. Set maxmemory-policy"
                        + " noeviction (in its configuration, or by CONFIG SET), or use a separate Redis for records");
    }

    private boolean syncsAlways() {
        return isAlways(fsync);
    }

    static boolean isAlways(Optional<String> fsync) {
        return fsync.orElse(NOT_REPORTED).equals("always");
    }

    Optional<String> durabilityProblem() {
        if (!hasAppendOnlyFile) {
            return Optional.of("Redis has appendonly no: in a crash it loses records, and their work runs"
                    + " again. Set appendonly yes and appendfsync always");
        }
        String when = fsync.orElse(NOT_REPORTED);
        if (!syncsAlways()) {
            return Optional.of(
                    "Redis has appendfsync " + when + ": in a crash of its machine it may lose the last records,"
                            + " and their work runs again. Set appendfsync always");
        }
        return Optional.empty();
    }
}
