package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore.Full;
import dev.respite.idempotency.store.IdempotencyStore.Put;
import dev.respite.idempotency.store.IdempotencyStore.Rejected;
import dev.respite.idempotency.store.IdempotencyStore.Swap;
import dev.respite.idempotency.store.IdempotencyStore.Written;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The queries for records, each on a connection that the caller opens and closes, in a transaction that the caller ends. */
final class RecordQueries {

    /** Each further round means that another claim has created or removed the record in the meantime. */
    private static final int MAX_ROUNDS = 10;

    private final Tables tables;
    private final Statements statements;
    private final Optional<NamedSql> prepared;
    private final Rows rows;

    RecordQueries(Dialect dialect, Tables tables) {
        this.tables = tables;
        this.statements = dialect.statements().in(tables);
        this.prepared = dialect.prepared().map(sql -> NamedSql.of(sql).in(tables));
        this.rows = new Rows(dialect);
    }

    Dialect dialect() {
        return rows.dialect();
    }

    /**
     * Writes a new record. In state STARTED its commit does not wait for the disk. Each later write is on the disk only if
     * this one is too. A crash that loses the record loses a claim without an effect: its owner finds no record when it
     * locks it or records the start of its effect.
     */
    Put putIfAbsent(Connection connection, StorageKey key, RecordWrite write) throws SQLException {
        Bindings bindings = new Bindings().key(key).recordWrite(write);
        List<NamedSql> claim = write.state() == State.STARTED
                ? statements.claims().light()
                : statements.claims().durable();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            for (NamedSql sql : claim) {
                Optional<Put> put = claim(connection, sql, bindings);
                if (put.isPresent()) {
                    return put.get();
                }
            }
        }
        throw new SQLTransientException(
                MAX_ROUNDS + " times in a row, another claim was creating the record: repeat the claim");
    }

    /**
     * Returns whether a key has no record and is admitted, as far as that is determined before {@link #insert}. It reads in a
     * transaction of its own. MariaDB would keep the snapshot of a query in the transaction of the work, and reject rows that
     * change afterwards.
     */
    boolean isFree(Connection connection, StorageKey key, RecordWrite write) throws SQLException {
        Optional<NamedSql> look = statements.claims().look();
        return look.isEmpty()
                || claim(connection, look.get(), new Bindings().key(key).recordWrite(write))
                        .isEmpty();
    }

    /** Returns whether {@link #isFree} needs a query. */
    boolean looksFirst() {
        return statements.claims().look().isPresent();
    }

    /**
     * Writes a new record in an open transaction. Returns empty if the key has a record or is not admitted; the transaction must be
     * rolled back then.
     *
     * @throws SQLException also if another transaction was writing the record for too long
     */
    Optional<Entered> insert(Connection connection, StorageKey key, RecordWrite write) throws SQLException {
        Bindings bindings = new Bindings().key(key).recordWrite(write);
        try {
            return first(
                    connection,
                    statements.claims().insert(),
                    bindings,
                    row -> row.getBoolean("written")
                            ? Optional.of(
                                    new Entered(rows.record(row, write.response()), row.getString("transaction"), ""))
                            : Optional.empty());
        } catch (SQLException failure) {
            if (SqlFailures.isDuplicateKey(failure)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Reads the first row of a query. */
    @FunctionalInterface
    private interface Reader<T> {
        Optional<T> read(ResultSet row) throws SQLException;
    }

    private static <T> Optional<T> first(Connection connection, NamedSql sql, Bindings bindings, Reader<T> reader)
            throws SQLException {
        try (PreparedStatement statement = sql.prepare(connection, bindings);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? reader.read(row) : Optional.empty();
        }
    }

    private Optional<Put> claim(Connection connection, NamedSql sql, Bindings bindings) throws SQLException {
        try {
            return first(connection, sql, bindings, this::put);
        } catch (SQLException failure) {
            if (SqlFailures.isConcurrentClaim(failure)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private Optional<Put> put(ResultSet row) throws SQLException {
        Optional<IdempotencyRecord> record = rows.record(row);
        if (record.isPresent()) {
            return Optional.of(
                    row.getBoolean("written") ? new Written(record.get()) : new Rejected(record, rows.now(row)));
        }
        return row.getBoolean("admitted")
                ? Optional.empty()
                : Optional.of(new Rejected(Optional.empty(), rows.now(row)));
    }

    /** Returns the existing record, or the result for a new one that has no room. */
    Put putIntoFullScope(Connection connection, StorageKey key, RecordWrite write) throws SQLException {
        Rejected found = rejected(connection, key);
        return found.current().isPresent() || !write.terms().isAdmitted(found.storeNow()) ? found : new Full();
    }

    Swap compareAndSet(Connection connection, Precondition expected, RecordWrite write) throws SQLException {
        NamedSql sql = expected.leaseOver()
                ? statements.changes().takeOver()
                : statements.changes().swap();
        Bindings bindings = new Bindings().expected(expected).recordWrite(write);
        Optional<Swap> written = first(connection, sql, bindings, row -> written(row, write));
        if (written.isPresent()) {
            return written.get();
        }
        // A separate query: the statement's snapshot is older than its wait for the lock.
        return rejected(connection, expected.ownerToken().key());
    }

    /** The record as it is, which was not as expected. */
    Rejected rejected(Connection connection, StorageKey key) throws SQLException {
        return first(
                        connection,
                        statements.find(),
                        new Bindings().key(key),
                        row -> Optional.of(new Rejected(rows.record(row), rows.now(row))))
                .orElseThrow();
    }

    /**
     * Changes the record within a transaction, if it is still the one that locked the record. Returns empty if it is not, or
     * if the record does not meet the precondition. No further query is run, because the state of the connection is unknown
     * then.
     */
    Optional<Swap> compareAndSet(Connection connection, Precondition expected, RecordWrite write, Entered entered)
            throws SQLException {
        Bindings bindings = new Bindings()
                .expected(expected)
                .recordWrite(write)
                .text("transaction", entered.transaction())
                .text("role", entered.role());
        NamedSql sql = statements.changes().swapInTransaction();
        try (PreparedStatement statement = sql.prepare(connection, bindings);
                ResultSet row = dialect().rowsInTransaction(statement)) {
            return row.next() ? written(row, write) : Optional.empty();
        }
    }

    private Optional<Swap> written(ResultSet row, RecordWrite write) throws SQLException {
        return Optional.of(new Written(rows.record(row, write.response())));
    }

    Optional<IdempotencyRecord> find(Connection connection, StorageKey key) throws SQLException {
        return first(connection, statements.find(), new Bindings().key(key), rows::record);
    }

    /**
     * Locks the record and reads it once no other transaction is changing it. It stays locked until the end of this
     * transaction.
     */
    Optional<IdempotencyRecord> lock(Connection connection, StorageKey key) throws SQLException {
        return first(connection, statements.lock(), new Bindings().key(key), rows::record);
    }

    /** The first change of a record in a transaction, the transaction, and its role in PostgreSQL. */
    record Entered(IdempotencyRecord record, String transaction, String role) {}

    /** Changes a record that meets the precondition, and keeps it locked. Returns empty if it does not meet the precondition. */
    Optional<Entered> enter(Connection connection, Precondition expected, RecordWrite write) throws SQLException {
        Bindings bindings = new Bindings().expected(expected).recordWrite(write);
        return first(
                connection,
                statements.changes().enter(),
                bindings,
                row -> Optional.of(new Entered(
                        rows.record(row, write.response()), row.getString("transaction"), row.getString("role"))));
    }

    /**
     * Returns whether a connection has left the transaction that has locked the record, which must be rolled back afterwards. Returns
     * false if that is unknown, since the connection is broken, or a statement has failed in PostgreSQL. After a deadlock, which has
     * committed nothing, it is false where the database reports the deadlock.
     */
    boolean hasEnded(Connection connection, Entered entered) {
        Bindings bindings = new Bindings().text("transaction", entered.transaction());
        try {
            return !dialect().isAfterDeadlock(connection)
                    && first(connection, statements.changes().sameTransaction(), bindings, Optional::of)
                            .isEmpty();
        } catch (SQLException | RuntimeException unknown) {
            return false;
        }
    }

    /** Returns whether a prepared transaction, which another session will end, has locked the record. */
    boolean isPrepared(Connection connection, StorageKey key) throws SQLException {
        return prepared.isPresent()
                && first(connection, prepared.get(), new Bindings().key(key), Optional::of)
                        .isPresent();
    }

    /** Purges in a transaction that the caller ends. */
    Purge.Done purge(Connection transaction, int atMost, Instant from) throws SQLException {
        return new Purge(statements.purge(), dialect()).run(transaction, atMost, from);
    }

    RecordListing listing() {
        return new RecordListing(dialect().columns(), tables.records(), rows);
    }
}
