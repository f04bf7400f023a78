package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore.Found;
import dev.respite.idempotency.IdempotencyStore.Full;
import dev.respite.idempotency.IdempotencyStore.NotAdmitted;
import dev.respite.idempotency.IdempotencyStore.Put;
import dev.respite.idempotency.IdempotencyStore.Refused;
import dev.respite.idempotency.IdempotencyStore.Swap;
import dev.respite.idempotency.IdempotencyStore.Written;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The questions to a database, each on a connection that somebody else opens, ends and closes. */
final class Records {

    /** Each further round means that somebody else has made the record, or removed it, just then. */
    private static final int MOST_ROUNDS = 10;

    private final Statements statements;
    private final Rows rows;

    Records(Dialect dialect, OptionalLong mostPerScope) {
        this.statements = dialect.statements(mostPerScope);
        this.rows = new Rows(dialect);
    }

    Dialect dialect() {
        return rows.dialect();
    }

    /**
     * A new record that says no more than that somebody is about to begin need not be on the disk before the answer. What is
     * written after it is on the disk only if it is too; and a crash that loses it loses a claim of which nothing has come:
     * its owner finds no record when it locks it, or says that its effect begins.
     */
    Put putIfAbsent(Connection connection, StorageKey key, Draft draft) throws SQLException {
        Bindings bindings = new Bindings().key(key).draft(draft);
        List<NamedSql> claim = draft.state() == State.STARTED ? statements.lightClaim() : statements.claim();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            for (NamedSql sql : claim) {
                Optional<Put> put = claim(connection, sql, bindings);
                if (put.isPresent()) {
                    return put.get();
                }
            }
        }
        throw new SQLTransientException(MOST_ROUNDS + " times in a row, somebody else was just making the record");
    }

    private Optional<Put> claim(Connection connection, NamedSql sql, Bindings bindings) throws SQLException {
        try (PreparedStatement statement = sql.prepare(connection, bindings);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? answer(row) : Optional.empty();
        } catch (SQLException failure) {
            if (SqlFailures.isMetAnother(failure)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private Optional<Put> answer(ResultSet row) throws SQLException {
        Optional<IdempotencyRecord> record = rows.record(row);
        if (record.isPresent()) {
            return Optional.of(
                    row.getBoolean("written") ? new Written(record.get()) : new Found(record.get(), rows.now(row)));
        }
        if (!row.getBoolean("admitted")) {
            return Optional.of(new NotAdmitted(rows.now(row)));
        }
        return row.getBoolean("room") ? Optional.empty() : Optional.of(new Full());
    }

    Swap compareAndSet(Connection connection, Expectation expected, Draft draft) throws SQLException {
        NamedSql sql = expected.leaseOver() ? statements.takeOver() : statements.swap();
        Bindings bindings = new Bindings().expected(expected).draft(draft);
        Optional<Swap> written = swap(connection, sql, bindings, draft);
        if (written.isPresent()) {
            return written.get();
        }
        // A question of its own: the statement's view of the table is from before it has waited.
        return refused(connection, expected.ownership().key());
    }

    /** The record as it is, which was not as expected. */
    Refused refused(Connection connection, StorageKey key) throws SQLException {
        try (PreparedStatement statement = statements.find().prepare(connection, new Bindings().key(key));
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new Refused(rows.record(row), rows.now(row));
        }
    }

    /**
     * The same within a transaction, if it is still the one that locked the record. Empty if it is not, or the record is not as
     * expected; no more is asked on a connection that is in no known state.
     */
    Optional<Swap> compareAndSet(Connection connection, Expectation expected, Draft draft, String transaction)
            throws SQLException {
        Bindings bindings = new Bindings().expected(expected).draft(draft).text("transaction", transaction);
        return swap(connection, statements.swapInTransaction(), bindings, draft);
    }

    private Optional<Swap> swap(Connection connection, NamedSql sql, Bindings bindings, Draft draft)
            throws SQLException {
        try (PreparedStatement statement = sql.prepare(connection, bindings);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.of(new Written(rows.record(row, draft.response()))) : Optional.empty();
        }
    }

    Optional<IdempotencyRecord> find(Connection connection, StorageKey key) throws SQLException {
        return read(connection, statements.find(), key);
    }

    /** The record as it is once nobody is changing it, and it stays so until the end of this transaction. */
    Optional<IdempotencyRecord> lock(Connection connection, StorageKey key) throws SQLException {
        return read(connection, statements.lock(), key);
    }

    private Optional<IdempotencyRecord> read(Connection connection, NamedSql sql, StorageKey key) throws SQLException {
        try (PreparedStatement statement = sql.prepare(connection, new Bindings().key(key));
                ResultSet row = statement.executeQuery()) {
            return row.next() ? rows.record(row) : Optional.empty();
        }
    }

    /** The first change of a record in a transaction, and the transaction that it was made in. */
    record Entered(IdempotencyRecord record, String transaction) {}

    /** Changes a record that is as expected, and keeps it locked. Empty if it is not as expected. */
    Optional<Entered> enter(Connection connection, Expectation expected, Draft draft) throws SQLException {
        Bindings bindings = new Bindings().expected(expected).draft(draft);
        try (PreparedStatement statement = statements.enter().prepare(connection, bindings);
                ResultSet row = statement.executeQuery()) {
            return row.next()
                    ? Optional.of(new Entered(rows.record(row, draft.response()), row.getString("transaction")))
                    : Optional.empty();
        }
    }

    /** In a transaction that the caller ends. */
    Purge.Done purge(Connection transaction, int atMost, Instant from) throws SQLException {
        return new Purge(statements.purge(), dialect()).run(transaction, atMost, from);
    }

    Listing listing() {
        return new Listing(dialect().columns(), rows);
    }
}
