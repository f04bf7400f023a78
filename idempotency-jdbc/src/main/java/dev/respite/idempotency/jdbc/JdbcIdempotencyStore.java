package dev.respite.idempotency.jdbc;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * Records in a table of a database, PostgreSQL, H2 or MariaDB.
 *
 * <p>Each question is a transaction of its own on a connection of its own, which is given back before the answer is. A record
 * is as durable as the database's commits are; {@link #requireDurable()} asks it. The tables are made by the SQL in {@code
 * db/respite} of this jar, a folder for each database, and never by this class.
 *
 * <p>For effects in the same database, {@link TransactionalIdempotency} is made of it. By itself it keeps the records of
 * effects that are elsewhere. Safe for use by any number of threads; the methods called {@code with…} return another store.
 */
public final class JdbcIdempotencyStore implements IdempotencyStore {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.idempotency");

    /** One purge in so many begins at the beginning: records that were locked were passed over, and clocks may be set back. */
    private static final int FROM_THE_BEGINNING = 100;

    private final Connections connections;
    private final KnownDatabase database;

    /** Where the next purge begins, so that it need not pass over what this store has removed before. */
    private final AtomicReference<Instant> purgeFrom = new AtomicReference<>(Purge.BEGINNING);

    private final AtomicInteger purges = new AtomicInteger();

    private JdbcIdempotencyStore(Connections connections, KnownDatabase database) {
        this.connections = connections;
        this.database = database;
    }

    /**
     * A store in a database, whose kind, settings and tables are checked. There is no limit to the records of a scope.
     *
     * <p>If no connection can be had, or it breaks, a warning is logged by {@code dev.respite.idempotency}, and the database is
     * checked at the first use instead, which then ends in a {@link StoreUnavailableException} where this method would refuse.
     *
     * @param dataSource where connections come from, with auto-commit on
     * @return the store
     * @throws IllegalArgumentException if it is neither PostgreSQL, H2 nor MariaDB; if it is a MariaDB that cannot promise
     *     anything: older than 10.6, a node of a Galera cluster, a table without transactions, READ UNCOMMITTED; if a table,
     *     column, index or sequence is missing, with the SQL file to run; or if auto-commit is off
     */
    public static JdbcIdempotencyStore in(DataSource dataSource) {
        Connections connections = new Connections(dataSource);
        KnownDatabase database = new KnownDatabase();
        try {
            connections.autoCommitted(database::records);
        } catch (UnfitDatabaseException unfit) {
            throw new IllegalArgumentException(unfit.getMessage(), unfit);
        } catch (SQLException failure) {
            LOGGER.log(
                    WARNING,
                    "the database could not be reached, so its tables were not checked; they are checked when it is first"
                            + " used, and until then every keyed request is answered as unavailable. Check its URL and"
                            + " credentials if it should be up: " + failure.getMessage());
        }
        return new JdbcIdempotencyStore(connections, database);
    }

    /**
     * This store with a limit to the records of one scope, expired ones that are not yet purged included. Each new record costs
     * a count up to the limit, by an index. Claims that come at the same moment may exceed it by their number, which is at most
     * that of the connections that make claims, in all pools together.
     *
     * @param most how many, 1 or more
     * @return the store
     * @throws IllegalArgumentException if it is less than 1
     */
    public JdbcIdempotencyStore withMostPerScope(long most) {
        if (most < 1) {
            throw new IllegalArgumentException("at most " + most + " records per scope: it is at least 1");
        }
        return new JdbcIdempotencyStore(connections, database.withMostPerScope(OptionalLong.of(most)));
    }

    /**
     * Asks the database whether its commits outlive a crash, and refuses it if not. With PostgreSQL and MariaDB nothing runs
     * twice without that, since record and effect go together; but what was acknowledged may be gone. H2 is always refused:
     * killed while several connections write, it may keep the record and not the effect, or the reverse.
     *
     * <p>It says nothing of the loss of the server. PostgreSQL with {@code synchronous_commit} at {@code local} or {@code
     * remote_write} is accepted: its commits outlive a crash of the primary, and a failover to a standby may lose the last ones.
     *
     * @return this store
     * @throws IllegalStateException if they do not, with what is to blame and the way out
     * @throws StoreUnavailableException if the database could not be asked
     */
    public JdbcIdempotencyStore requireDurable() {
        Optional<String> flaw =
                ask("its durability", connection -> dialect(connection).flawInDurability(connection));
        if (flaw.isPresent()) {
            throw new IllegalStateException(flaw.get());
        }
        return this;
    }

    @Override
    public Put putIfAbsent(StorageKey key, Draft draft) {
        return ask("a new record", connection -> database.records(connection).putIfAbsent(connection, key, draft));
    }

    @Override
    public Swap compareAndSet(Expectation expected, Draft draft) {
        return ask(
                "a change of a record",
                connection -> database.records(connection).compareAndSet(connection, expected, draft));
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return ask("a record", connection -> database.records(connection).find(connection, key));
    }

    @Override
    public int purge(int atMost) {
        if (atMost < 1) {
            throw new IllegalArgumentException("purge at most " + atMost + " records: it is at least 1");
        }
        Instant from = purges.incrementAndGet() % FROM_THE_BEGINNING == 0 ? Purge.BEGINNING : purgeFrom.get();
        // Not in the transaction, which has to begin with the purge.
        Records known = database.isKnown() ? database.records() : ask("a purge", database::records);
        AtomicReference<Purge.Done> done = new AtomicReference<>();
        answered(
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
            throw new IllegalArgumentException("list at most " + atMost + " records: it is at least 1");
        }
        String last = after.map(StorageKey::value).orElse("");
        return ask("a list of records", connection -> listing(connection).list(connection, state, last, atMost));
    }

    @Override
    public long count(State state) {
        return ask("a count of records", connection -> listing(connection).count(connection, state));
    }

    private Listing listing(Connection connection) throws SQLException {
        return database.records(connection).listing();
    }

    private <T> T ask(String what, Connections.Use<T> question) {
        return answered(what, () -> connections.autoCommitted(question));
    }

    /** A question to the database. */
    @FunctionalInterface
    private interface Question<T> {
        T ask() throws SQLException;
    }

    private static <T> T answered(String what, Question<T> question) {
        try {
            return question.ask();
        } catch (UnfitDatabaseException unfit) {
            throw new StoreUnavailableException(String.valueOf(unfit.getMessage()), unfit);
        } catch (SQLException failure) {
            throw SqlFailures.unavailable("the database did not answer when asked for " + what, failure);
        }
    }

    private Dialect dialect(Connection connection) throws SQLException {
        return database.records(connection).dialect();
    }

    /** The questions in the dialect of the database, for whoever has claimed a record in this store. */
    Records records() {
        return database.records();
    }

    Connections connections() {
        return connections;
    }

    /** The same, but it waits 2 s at most for whoever has a record locked, in case that is nobody. */
    <T> T askPatiently(Connections.Use<T> question) throws SQLException {
        AtomicReference<T> answer = new AtomicReference<>();
        connections.transaction(connection -> {
            answer.set(dialect(connection).withShortLockWaits(connection, question));
            return true;
        });
        return answer.get();
    }
}
