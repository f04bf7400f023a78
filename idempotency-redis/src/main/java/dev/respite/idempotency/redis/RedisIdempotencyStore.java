package dev.respite.idempotency.redis;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoreUnavailableException;
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
 * Records in Redis, each a string of its own. Treat it as deduplication: it holds as long as Redis loses no record, and Redis
 * may, in a failover, by {@code FLUSHALL}, or in a crash without an append-only file.
 *
 * <p>What somebody is at, and what nobody knows the end of, stays for good; what is settled expires by itself. The time is
 * Redis's. Fences are its time in microseconds, or one more than the last: they rise over the loss of a record too, unless
 * that clock is set back, or the clock of the server that takes over is behind.
 *
 * <p>After a failover, a UUIDv7 key that was minted before it and is not found is {@link State#UNKNOWN}, not run: its record may
 * have been lost. The change is recognised by the replication id of the server. Other keys run again.
 *
 * <p>One connection serves all threads. While Redis is away Lettuce keeps trying to reach it, at intervals that grow to 30 s;
 * the reconnect delay of the client's resources says otherwise. A connection whose server has become a replica is replaced at
 * the first write that it refuses, by the address that the client's Sentinel or name server gives then. A question that is not
 * answered in time ends in a {@link StoreUnavailableException}, and may be asked again.
 *
 * <p>Immutable, and safe for use by any number of threads; the methods called {@code with…} return another one on the same
 * connection, which {@link #close()} of any of them closes.
 */
public final class RedisIdempotencyStore implements IdempotencyStore, AutoCloseable {

    private static final String PREFIX = "respite:idempotency:";

    private final Link link;
    private final String prefix;
    private final OptionalLong mostPerScope;
    private final Optional<Lineage> lineage;
    private final RecordScripts scripts;

    private RedisIdempotencyStore(Link link, String prefix, OptionalLong mostPerScope, Optional<Lineage> lineage) {
        this.link = link;
        this.prefix = prefix;
        this.mostPerScope = mostPerScope;
        this.lineage = lineage;
        this.scripts = new RecordScripts(link, prefix, lineage, new Places(link, prefix, mostPerScope));
    }

    /**
     * A store in a Redis, which is asked whether it keeps what it is given. One that does not write it down, or not at once,
     * is warned of in the log {@code dev.respite.idempotency}.
     *
     * @param client where it is; it remains yours to shut down, after this store is closed
     * @return the store, with names that begin with {@code respite:idempotency:}, that waits a second for an answer
     * @throws IllegalStateException if it evicts: {@code maxmemory-policy} must be {@code noeviction}
     * @throws StoreUnavailableException if it could not be reached or asked
     */
    public static RedisIdempotencyStore in(RedisClient client) {
        return opened(() -> Servers.of(client));
    }

    /**
     * A store in a cluster of Redis, each of which is asked whether it keeps what it is given. Each question concerns one key,
     * and so one of them. Where a server that is added later does not say that it syncs always, UUIDv7 keys of its slots that
     * were minted before its first new key are {@link State#UNKNOWN}.
     *
     * @param client where it is; it remains yours to shut down, after this store is closed
     * @return the store, as that of one Redis
     * @throws IllegalStateException if one of them evicts: {@code maxmemory-policy} must be {@code noeviction}
     * @throws StoreUnavailableException if one of them could not be reached or asked
     */
    public static RedisIdempotencyStore in(RedisClusterClient client) {
        return opened(() -> Servers.of(client));
    }

    private static RedisIdempotencyStore opened(Supplier<Servers> connecting) {
        Servers servers = answered("a connection", connecting);
        try {
            ServerFacts.check(answered("what it keeps", servers::facts));
        } catch (RuntimeException refused) {
            servers.close();
            throw refused;
        }
        return new RedisIdempotencyStore(
                servers.link(Duration.ofSeconds(1)), PREFIX, OptionalLong.empty(), Optional.of(new Lineage(PREFIX)));
    }

    /**
     * This store with another answer timeout.
     *
     * @param timeout the longest wait for one reply of Redis, more than 0
     * @return the store
     * @throws IllegalArgumentException if it is 0 or less
     */
    public RedisIdempotencyStore withTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout " + timeout + ": it is more than 0");
        }
        return new RedisIdempotencyStore(link.servers().link(timeout), prefix, mostPerScope, lineage);
    }

    /**
     * This store with other names: for two applications that share a Redis and are not to share their records.
     *
     * @param prefix what all names begin with, {@code shop:once:} for example; without braces, which have a meaning in
     *     clusters
     * @return the store
     * @throws IllegalArgumentException if it has a brace in it
     */
    public RedisIdempotencyStore withPrefix(String prefix) {
        if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
            throw new IllegalArgumentException(
                    "prefix '" + prefix + "': leave the braces out; in a cluster they decide where a key is");
        }
        return new RedisIdempotencyStore(link, prefix, mostPerScope, lineage.map(one -> new Lineage(prefix)));
    }

    /**
     * This store with a limit to the new keys that a scope may have within the retention of their records. Each claim costs one
     * more question. A key whose outcome is unknown is counted until it is resolved; each of the two changes costs one more
     * question.
     *
     * @param most how many, 1 or more
     * @return the store
     * @throws IllegalArgumentException if it is less than 1
     */
    public RedisIdempotencyStore withMostPerScope(long most) {
        if (most < 1) {
            throw new IllegalArgumentException("at most " + most + " keys per scope: it is at least 1");
        }
        return new RedisIdempotencyStore(link, prefix, OptionalLong.of(most), lineage);
    }

    /**
     * This store for effects that may be repeated: a key is run again if its record may have been lost in a failover. Without
     * this method a UUIDv7 key that was minted before a failover and is not found is written as {@link
     * dev.respite.idempotency.State#UNKNOWN}, and a new key is compared with the replication id of the server ({@code INFO
     * replication}, in the same script).
     *
     * @return the store
     */
    public RedisIdempotencyStore withFailoversIgnored() {
        return new RedisIdempotencyStore(link, prefix, mostPerScope, Optional.empty());
    }

    /**
     * Asks Redis whether what it has been given outlives a crash, and refuses it if not: without this method, that is only
     * warned of. It says nothing of failovers.
     *
     * @return this store
     * @throws IllegalStateException if it does not, with the setting that is to blame
     * @throws StoreUnavailableException if it could not be asked
     */
    public RedisIdempotencyStore requireDurable() {
        for (ServerFacts one : answered("what it keeps", link.servers()::facts)) {
            one.flawInDurability().ifPresent(flaw -> {
                throw new IllegalStateException(flaw);
            });
        }
        return this;
    }

    @Override
    public Put putIfAbsent(StorageKey key, Draft draft) {
        return answered("a new record", () -> link.writing(() -> scripts.put(key, draft)));
    }

    @Override
    public Swap compareAndSet(Expectation expected, Draft draft) {
        return answered("a change of a record", () -> link.writing(() -> scripts.swap(expected, draft)));
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return answered("a record", () -> scripts.find(key));
    }

    /**
     * Does nothing: Redis removes what has expired by itself.
     *
     * @param atMost not looked at
     * @return 0
     */
    @Override
    public int purge(int atMost) {
        return 0;
    }

    /**
     * Reads records that are in a state. It looks at every record of the store, step by step: 1 million take seconds, in which
     * Redis answers others as before.
     *
     * @return the records, in the order of their names' values; the scope of their names is not known to Redis, and is the value
     *     again
     */
    @Override
    public List<IdempotencyRecord> list(State state, Optional<StorageKey> after, int atMost) {
        if (atMost < 1) {
            throw new IllegalArgumentException("list at most " + atMost + " records: it is at least 1");
        }
        String last = after.map(StorageKey::value).orElse("");
        return answered("a list of records", () -> new Listing(link, prefix).list(state, last, atMost));
    }

    /** Counts the records that are in a state. It looks at every record of the store, as {@link #list} does. */
    @Override
    public long count(State state) {
        return answered("a count of records", () -> new Listing(link, prefix).count(state));
    }

    /** Closes the connection. The client that it was made by stays as it is. */
    @Override
    public void close() {
        link.servers().close();
    }

    private static <T> T answered(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (RedisException | CancellationException failure) {
            throw new StoreUnavailableException(
                    "Redis was asked for " + what + " and did not give it: " + failure.getMessage(), failure);
        }
    }
}
