package dev.respite.idempotency.redis;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/**
 * Stores records in Redis, each as a string of its own. Treat it as deduplication: it holds as long as Redis loses no
 * record. Redis may lose records in a failover, by {@code FLUSHALL}, or in a crash without an append-only file.
 *
 * <p>Records with an owner and unknown records have no expiry; DONE and READY records expire in Redis. The clock is that
 * of Redis. Fences are its time in microseconds, or one more than the last. They rise even after the loss of a record,
 * unless the clock is set back, or the clock of the server that takes over is behind.
 *
 * <p>After a failover, a UUIDv7 key that was created before it and is not found becomes {@link State#UNKNOWN} and does not
 * run, because its record may have been lost. A failover is detected by the replication id of the server. Other keys run
 * again.
 *
 * <p>All threads share one connection. While Redis is unreachable, Lettuce reconnects at intervals that grow to 30 s; change
 * the reconnect delay of the client's resources for other intervals. If the server of a connection has become a replica, the
 * connection is replaced at the first rejected write, with the address that the client's Sentinel or name server returns
 * then. An operation without a reply in time throws a {@link StoreUnavailableException} and may be repeated.
 *
 * <p>The eviction policy is checked when the store is created, and every minute until it is closed. While a server evicts
 * keys, new keys are rejected with a {@link StoreUnavailableException}; responses are replayed, and running work completes.
 *
 * <p>Immutable, and safe for use by any number of threads. The methods called {@code with…} return another store on the same
 * connection, which {@link #close()} of any of them closes.
 */
public final class RedisIdempotencyStore implements IdempotencyStore, AutoCloseable {

    private static final String PREFIX = "respite:idempotency:";

    private final RedisConnections connections;
    private final String prefix;
    private final OptionalLong maxPerScope;
    private final Optional<Lineage> lineage;
    private final EvictionCheck eviction;
    private final RecordScripts scripts;

    private RedisIdempotencyStore(
            RedisConnections connections,
            String prefix,
            OptionalLong maxPerScope,
            Optional<Lineage> lineage,
            EvictionCheck eviction) {
        this.connections = connections;
        this.prefix = prefix;
        this.maxPerScope = maxPerScope;
        this.lineage = lineage;
        this.eviction = eviction;
        this.scripts =
                new RecordScripts(connections, prefix, lineage, new Places(connections, prefix, maxPerScope), eviction);
    }

    /**
     * Creates a store in a Redis server and checks its persistence settings. If the server has no append-only file, or does
     * not sync it on each write, a warning is logged by {@code dev.respite.idempotency}.
     *
     * @param client the client; the caller shuts it down after closing this store
     * @return the store, with the prefix {@code respite:idempotency:} and a reply timeout of 1 s
     * @throws IllegalStateException if the server evicts keys: {@code maxmemory-policy} must be {@code noeviction}; or if
     *     its user lacks a right, with the command that grants it
     * @throws StoreUnavailableException if the server could not be reached or queried
     */
    public static RedisIdempotencyStore of(RedisClient client) {
        return of(client, TimeSource.on(Servers::startThread));
    }

    static RedisIdempotencyStore of(RedisClient client, TimeSource time) {
        return opened(() -> Servers.of(client), time);
    }

    /**
     * Creates a store in a Redis cluster and checks the persistence settings of each server. Each operation uses one key,
     * and so one server. If a server is added later that does not report {@code appendfsync always}, UUIDv7 keys of its
     * slots that were created before its first new key become {@link State#UNKNOWN}.
     *
     * @param client the client; the caller shuts it down after closing this store
     * @return the store, with the same prefix and timeout as for a single server
     * @throws IllegalStateException if one of the servers evicts keys: {@code maxmemory-policy} must be {@code noeviction};
     *     or if its user lacks a right, with the command that grants it
     * @throws StoreUnavailableException if one of the servers could not be reached or queried
     */
    public static RedisIdempotencyStore of(RedisClusterClient client) {
        return of(client, TimeSource.on(Servers::startThread));
    }

    static RedisIdempotencyStore of(RedisClusterClient client, TimeSource time) {
        return opened(() -> Servers.of(client), time);
    }

    private static RedisIdempotencyStore opened(Supplier<Servers> connecting, TimeSource time) {
        Servers servers = translated("a connection", connecting);
        try {
            Permissions.check(
                    translated("its rights", () -> Permissions.missing(servers.connections(Servers.AT_THE_START))));
            ServerFacts.check(translated("what it keeps", servers::facts));
        } catch (RuntimeException refused) {
            servers.close();
            throw refused;
        }
        return new RedisIdempotencyStore(
                servers.connections(Duration.ofSeconds(1)),
                PREFIX,
                OptionalLong.empty(),
                Optional.of(new Lineage(PREFIX)),
                EvictionCheck.start(servers, time));
    }

    /**
     * {@return a store with another reply timeout}
     *
     * @param timeout the maximum wait for one reply of Redis, more than 0
     * @throws IllegalArgumentException if it is 0 or less
     */
    public RedisIdempotencyStore withTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout " + timeout + ": it must be more than 0");
        }
        return new RedisIdempotencyStore(
                connections.servers().connections(timeout), prefix, maxPerScope, lineage, eviction);
    }

    /**
     * {@return a store with another prefix, for two applications that share a Redis but not their records}
     *
     * @param prefix the prefix of all names, for example {@code shop:once:}; without braces, which have a meaning in
     *     clusters
     * @throws IllegalArgumentException if it contains a brace
     */
    public RedisIdempotencyStore withPrefix(String prefix) {
        if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
            throw new IllegalArgumentException(
                    "prefix '" + prefix + "': remove the braces; in a cluster they determine the server of a key");
        }
        return new RedisIdempotencyStore(
                connections, prefix, maxPerScope, lineage.map(one -> new Lineage(prefix)), eviction);
    }

    /**
     * {@return a store with a limit for the new keys of a scope within the retention of their records} Each claim costs one more
     * round trip. A key whose outcome is unknown counts until it is resolved; each of these two changes costs one more round trip.
     *
     * @param most the maximum number of keys, 1 or more
     * @throws IllegalArgumentException if it is less than 1
     */
    public RedisIdempotencyStore withMaxPerScope(long most) {
        if (most < 1) {
            throw new IllegalArgumentException("at most " + most + " keys per scope: it must be at least 1");
        }
        return new RedisIdempotencyStore(connections, prefix, OptionalLong.of(most), lineage, eviction);
    }

    /**
     * {@return a store for effects that may be repeated: a key is run again if its record may have been lost in a failover}
     * Without this method, a UUIDv7 key that was created before a failover and is not found is written as {@link
     * dev.respite.idempotency.store.State#UNKNOWN}. The script of each new key then reads the replication id of the server ({@code
     * INFO replication}).
     */
    public RedisIdempotencyStore withFailoversIgnored() {
        return new RedisIdempotencyStore(connections, prefix, maxPerScope, Optional.empty(), eviction);
    }

    /**
     * Checks that writes to Redis survive a crash. Without this method, a warning is logged if they may not. The check does
     * not cover failovers.
     *
     * @return this store
     * @throws IllegalStateException if writes may be lost, with the setting to change
     * @throws StoreUnavailableException if Redis could not be queried
     */
    public RedisIdempotencyStore requireDurable() {
        for (ServerFacts one : translated("what it keeps", connections.servers()::facts)) {
            one.durabilityProblem().ifPresent(unsupportedReason -> {
                throw new IllegalStateException(unsupportedReason);
            });
        }
        return this;
    }

    @Override
    public Put putIfAbsent(StorageKey key, RecordWrite write) {
        return translated("a new record", () -> connections.writing(() -> scripts.put(key, write)));
    }

    @Override
    public Swap compareAndSet(Precondition expected, RecordWrite write) {
        return translated("a change of a record", () -> connections.writing(() -> scripts.swap(expected, write)));
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return translated("a record", () -> scripts.find(key));
    }

    /** Does nothing and returns 0: Redis removes expired records itself. */
    @Override
    public int purge(int atMost) {
        return 0;
    }

    /**
     * Reads records in a state. It scans all records of the store step by step. For 1 million records that takes seconds, in
     * which Redis serves other clients.
     *
     * @return the records, in the order of the values of their names. Redis does not store scopes, so the scope of each name
     *     is the value again
     */
    @Override
    public List<IdempotencyRecord> list(State state, Optional<StorageKey> after, int atMost) {
        if (atMost < 1) {
            throw new IllegalArgumentException("list at most " + atMost + " records: it must be at least 1");
        }
        String last = after.map(StorageKey::value).orElse("");
        return translated("a list of records", () -> new KeyScan(connections, prefix).list(state, last, atMost));
    }

    /** Counts the records in a state. It scans all records of the store, as {@link #list} does. */
    @Override
    public long count(State state) {
        return translated("a count of records", () -> new KeyScan(connections, prefix).count(state));
    }

    /**
     * Estimates the number of records from the number of all keys and a sample of 1,000. If half of the keys are records, it is
     * some 3 % off; if one in a hundred is, some 30 %.
     */
    @Override
    public long estimatedCount() {
        return translated("an estimate", () -> new KeyScan(connections, prefix).estimatedCount());
    }

    /** Closes the connection. The client is not shut down. */
    @Override
    public void close() {
        eviction.close();
        connections.servers().close();
    }

    private static <T> T translated(String what, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (RedisException | CancellationException failure) {
            throw new StoreUnavailableException(
                    "Redis did not return " + what + ": " + failure.getMessage() + Permissions.remedy(failure),
                    failure);
        }
    }
}
