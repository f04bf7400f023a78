package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/**
 * Records in a table of a database, PostgreSQL, H2 or MariaDB.
 *
 * <p>Each question is a transaction of its own on a connection of its own, which is given back before the answer is. A record
 * is as durable as the database's commits are; {@link #requireDurable()} asks it. The table is made by the SQL in {@code
 * db/respite} of this jar, a folder for each database, and never by this class.
 *
 * <p>For effects in the same database, {@link TransactionalIdempotency} is made of it. By itself it keeps the records of
 * effects that are elsewhere. Immutable, and safe for use by any number of threads.
 */
public final class JdbcIdempotencyStore implements IdempotencyStore {

    private final Connections connections;
    private final Dialect dialect;
    private final Records records;

    private JdbcIdempotencyStore(Connections connections, Dialect dialect, OptionalLong mostPerScope) {
        this.connections = connections;
        this.dialect = dialect;
        this.records = new Records(dialect, mostPerScope);
    }

    /**
     * A store in a database, which is asked what it is. There is no limit to the records of a scope.
     *
     * @param dataSource where connections come from, with auto-commit on
     * @return the store
     * @throws IllegalArgumentException if it is neither PostgreSQL, H2 nor MariaDB, or a MariaDB that cannot promise anything: older
     *     than 10.6, a node of a Galera cluster, a table without transactions, READ UNCOMMITTED
     * @throws StoreUnavailableException if it could not be asked
     */
    public static JdbcIdempotencyStore in(DataSource dataSource) {
        Connections connections = new Connections(dataSource);
        Dialect dialect;
        try {
            dialect = connections.autoCommitted(JdbcIdempotencyStore::dialect);
        } catch (SQLException failure) {
            throw SqlFailures.unavailable("the database cannot be asked what it is", failure);
        }
        return new JdbcIdempotencyStore(connections, dialect, OptionalLong.empty());
    }

    private static Dialect dialect(Connection connection) throws SQLException {
        Dialect dialect = Dialect.of(connection.getMetaData().getDatabaseProductName());
        Optional<String> flaw = dialect.flaw(connection);
        if (flaw.isPresent()) {
            throw new IllegalArgumentException(flaw.get());
        }
        return dialect;
    }

    /**
     * This store with a limit to the records of one scope, expired ones that are not yet purged included. Each new record costs
     * a count up to the limit: it needs the index of the second SQL file. Claims that come at the same moment may exceed it
     * by their number, which is at most that of the connections that make claims, in all pools together.
     *
     * @param most how many, 1 or more
     * @return the store
     * @throws IllegalArgumentException if it is less than 1
     */
    public JdbcIdempotencyStore withMostPerScope(long most) {
        if (most < 1) {
            throw new IllegalArgumentException("at most " + most + " records per scope: it is at least 1");
        }
        return new JdbcIdempotencyStore(connections, dialect, OptionalLong.of(most));
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
        Optional<String> flaw = ask("its durability", dialect::flawInDurability);
        if (flaw.isPresent()) {
            throw new IllegalStateException(flaw.get());
        }
        return this;
    }

    @Override
    public Put putIfAbsent(StorageKey key, Draft draft) {
        return ask("a new record", connection -> records.putIfAbsent(connection, key, draft));
    }

    @Override
    public Swap compareAndSet(Expectation expected, Draft draft) {
        return ask("a change of a record", connection -> records.compareAndSet(connection, expected, draft));
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return ask("a record", connection -> records.find(connection, key));
    }

    @Override
    public int purge(int atMost) {
        if (atMost < 1) {
            throw new IllegalArgumentException("purge at most " + atMost + " records: it is at least 1");
        }
        return ask("a purge", connection -> records.purge(connection, atMost));
    }

    private <T> T ask(String what, Connections.Use<T> question) {
        try {
            return connections.autoCommitted(question);
        } catch (SQLException failure) {
            throw SqlFailures.unavailable("the database did not answer when asked for " + what, failure);
        }
    }

    Records records() {
        return records;
    }

    Connections connections() {
        return connections;
    }

    /** The same, but it waits 2 s at most for whoever has a record locked, in case that is nobody. */
    <T> T askPatiently(Connections.Use<T> question) throws SQLException {
        AtomicReference<T> answer = new AtomicReference<>();
        connections.transaction(connection -> {
            answer.set(dialect.withShortLockWaits(connection, question));
            return true;
        });
        return answer.get();
    }
}
