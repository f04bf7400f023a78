package dev.respite.idempotency.jdbc;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.jdbc.transaction.LocalTransaction;
import dev.respite.logging.FailureText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * Stores records in a table of PostgreSQL, H2 or MariaDB.
 *
 * <p>Each operation is a transaction of its own on a connection of its own, which is returned to the data source before the
 * method returns. A record is as durable as the commits of the database; {@link #requireDurable()} checks that. This class
 * never creates tables. The SQL is in {@code db/respite} of this jar, with a folder for each database.
 *
 * <p>For effects in the same database, use {@link TransactionalIdempotency}. Used alone, the store keeps the records of
 * effects in other systems. Safe for use by any number of threads; the methods called {@code with…} return another store.
 */
public final class JdbcIdempotencyStore implements IdempotencyStore {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    /** Every 100th purge starts at the beginning, because earlier purges skip locked records and clocks may be set back. */
    private static final int FROM_THE_BEGINNING = 100;

    private final StoreConnections connections;
    private final DetectedDialect database;
    private final Optional<ScopeQuota> quota;

    /** Where the next purge starts, so that it skips the index entries of records that were removed before. */
    private final AtomicReference<Instant> purgeFrom = new AtomicReference<>(Purge.BEGINNING);

    private final AtomicInteger purges = new AtomicInteger();

    private JdbcIdempotencyStore(StoreConnections connections, DetectedDialect database, Optional<ScopeQuota> quota) {
        this.connections = connections;
        this.database = database;
        this.quota = quota;
    }

    /**
     * Creates a store and checks the kind, the settings and the tables of the database. The number of records of a scope is
     * not limited.
     *
     * <p>If no connection is available, a warning is logged by {@code dev.respite.idempotency}, and the database is checked
     * at the first use. Where this method would have rejected the database, that use throws a {@link
     * StoreUnavailableException}.
     *
     * @param dataSource provides connections, with auto-commit on or off
     * @return the store
     * @throws IllegalArgumentException if the database is neither PostgreSQL, H2 nor MariaDB; if MariaDB is older than 10.6,
     *     is a node of a Galera cluster, has a table without transactions, or uses READ UNCOMMITTED; if a table, column,
     *     index or sequence is missing, with the SQL file to run; if the user lacks a privilege, with the GRANT; or if its
     *     connections are read-only or in a transaction
     */
    public static JdbcIdempotencyStore of(DataSource dataSource) {
        StoreConnections connections = new StoreConnections(dataSource);
        DetectedDialect database = new DetectedDialect();
        try {
            connections.autoCommitted(database::records);
        } catch (UnfitDatabaseException unfit) {
            throw new IllegalArgumentException(unfit.getMessage(), unfit);
        } catch (SQLException failure) {
            LOGGER.log(
                    WARNING,
                    "the database could not be reached, so its tables were not checked; they are checked at the first use,"
                            + " and until then every request with a key gets 503. If the database should be up, check its URL and"
                            + " credentials: " + FailureText.withoutCredentials(String.valueOf(failure.getMessage())));
        }
        return new JdbcIdempotencyStore(connections, database, Optional.empty());
    }

    /**
     * {@return a store with a limit for the records of one scope} Expired records count until they are purged. Create it once:
     * each such store remembers how many records it may add to a scope, for the 10,000 scopes that were used last.
     *
     * <p>It counts the records of a scope once in 100 claims, so the cost of a claim does not depend on their number. Above
     * 10,000 records it counts once in a hundredth of their number; with a limit below 1,600, once in a sixteenth of the limit.
     * A full scope is counted again after 1 s for each 100,000 records.
     *
     * <p>One store does not exceed the limit. Each further store, for example on another node, may exceed it by the claims
     * between two counts, and by those that are in progress. Near the limit, claims in progress count as records.
     *
     * @param most the maximum number of records, 1 or more
     * @throws IllegalArgumentException if it is less than 1
     */
    public JdbcIdempotencyStore withMaxPerScope(long most) {
        if (most < 1) {
            throw new IllegalArgumentException("at most " + most + " records per scope: it must be at least 1");
        }
        return new JdbcIdempotencyStore(connections, database, Optional.of(new ScopeQuota(most)));
    }

    /**
     * Checks that commits of the database survive a crash. Without that, PostgreSQL and MariaDB still run nothing twice,
     * since record and effect are committed together, but an acknowledged effect may be lost. H2 is always rejected: if it
     * is killed while several connections write, it may keep the record without the effect, or the effect without the
     * record.
     *
     * <p>The check does not cover the loss of the server. PostgreSQL with {@code synchronous_commit} at {@code local} or
     * {@code remote_write} is accepted: its commits survive a crash of the primary, and a failover to a standby may lose the
     * last ones.
     *
     * @return this store
     * @throws IllegalStateException if commits may be lost, with the setting and the remedy
     * @throws StoreUnavailableException if the database could not be queried
     */
    public JdbcIdempotencyStore requireDurable() {
        Optional<String> problem =
                query("its durability", connection -> dialect(connection).durabilityProblem(connection));
        if (problem.isPresent()) {
            throw new IllegalStateException(problem.get());
        }
        return this;
    }

    @Override
    public Put putIfAbsent(StorageKey key, RecordWrite write) {
        return quota.isEmpty() ? put(key, write) : put(key, write, quota.get());
    }

    private Put put(StorageKey key, RecordWrite write) {
        return query("a new record", connection -> database.records(connection).putIfAbsent(connection, key, write));
    }

    private Put put(StorageKey key, RecordWrite write, ScopeQuota limited) {
        ScopePlaces places = limited.places(key.scope());
        if (!places.tryTake(() -> countScope(key.scope(), limited.most()))) {
            return query(
                    "a record", connection -> database.records(connection).putIntoFullScope(connection, key, write));
        }
        boolean written = true;
        try {
            Put put = put(key, write);
            written = put instanceof Written;
            return put;
        } finally {
            places.settle(written);
        }
    }

    private long countScope(String scope, long atMost) {
        return query(
                "a count of the records of a scope",
                connection -> listing(connection).countScope(connection, scope, atMost));
    }

    @Override
    public Swap compareAndSet(Precondition expected, RecordWrite write) {
        return query(
                "a change of a record",
                connection -> database.records(connection).compareAndSet(connection, expected, write));
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return query("a record", connection -> database.records(connection).find(connection, key));
    }

    @Override
    public int purge(int atMost) {
        if (atMost < 1) {
            throw new IllegalArgumentException("purge at most " + atMost + " records: it must be at least 1");
        }
        Instant from = purges.incrementAndGet() % FROM_THE_BEGINNING == 0 ? Purge.BEGINNING : purgeFrom.get();
        // Not in the transaction, because the purge must be its first statement.
        RecordQueries known = database.isKnown() ? database.records() : query("a purge", database::records);
        AtomicReference<Purge.Done> done = new AtomicReference<>();
        translated(
                "a purge",
                () -> connections.transaction(connection -> {
                    done.set(known.purge(connection, atMost, from));
                    return true;
                }));
        purgeFrom.set(done.get().next());
        return done.get().removed();
    }

    @Override
    public List<IdempotencyRecord> list(State state, Optional<StorageKey> after, int atMost) {
        if (atMost < 1) {
            throw new IllegalArgumentException("list at most " + atMost + " records: it must be at least 1");
        }
        String last = after.map(StorageKey::value).orElse("");
        return query("a list of records", connection -> listing(connection).list(connection, state, last, atMost));
    }

    @Override
    public long count(State state) {
        return query("a count of records", connection -> listing(connection).count(connection, state));
    }

    /** Estimates the number of records from the statistics of the database, which may be minutes old. */
    @Override
    public long estimatedCount() {
        return query(
                "an estimate",
                connection -> Long.parseLong(
                        Dialect.only(connection, dialect(connection).estimatedCount())));
    }

    private RecordListing listing(Connection connection) throws SQLException {
        return database.records(connection).listing();
    }

    private <T> T query(String what, LocalTransaction.Body<T, RuntimeException> question) {
        return translated(what, () -> connections.autoCommitted(question));
    }

    /** A query to the database. */
    @FunctionalInterface
    private interface Query<T> {
        T run() throws SQLException;
    }

    private static <T> T translated(String what, Query<T> query) {
        try {
            return query.run();
        } catch (UnfitDatabaseException unfit) {
            throw new StoreUnavailableException(String.valueOf(unfit.getMessage()), unfit);
        } catch (SQLException failure) {
            throw SqlFailures.unavailable("the database did not respond to a query for " + what, failure);
        }
    }

    /** Returns whether the number of records of a scope is limited. */
    boolean isLimited() {
        return quota.isPresent();
    }

    /** Returns whether a key is free for {@link RecordQueries#insert}, as far as that is determined before it. */
    boolean isFree(StorageKey key, RecordWrite write) {
        return (database.isKnown() && !records().looksFirst())
                || query("a record", connection -> database.records(connection).isFree(connection, key, write));
    }

    /**
     * Reads the record of a key once no transaction is writing it. It is written and rolled back for that.
     *
     * @throws SQLException also if a transaction is writing it for too long
     */
    Optional<IdempotencyRecord> findSettled(StorageKey key, RecordWrite write) throws SQLException {
        AtomicReference<Optional<IdempotencyRecord>> found = new AtomicReference<>(Optional.empty());
        connections.transaction(connection -> {
            RecordQueries records = records();
            if (records.insert(connection, key, write).isEmpty()) {
                found.set(records.find(connection, key));
            }
            return false;
        });
        return found.get();
    }

    private Dialect dialect(Connection connection) throws SQLException {
        return database.records(connection).dialect();
    }

    /** Returns the queries in the dialect of the database. A record must have been claimed in this store before. */
    RecordQueries records() {
        return database.records();
    }

    StoreConnections connections() {
        return connections;
    }

    /** Runs a query in a transaction that waits at most 2 s for a locked record. */
    <T> T queryWithLockTimeout(LocalTransaction.Body<T, RuntimeException> question) throws SQLException {
        AtomicReference<T> value = new AtomicReference<>();
        connections.transaction(connection -> {
            value.set(dialect(connection).withShortLockWaits(connection, question));
            return true;
        });
        return value.get();
    }
}
