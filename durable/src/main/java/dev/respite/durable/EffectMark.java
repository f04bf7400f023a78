package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.CallStatements.LostRowException;
import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.SqlState;
import dev.respite.logging.FailureText;
import java.io.Serial;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mark of an effect: a row that is written in its transaction before the handler runs, and removed in it afterwards. A mark
 * that another connection can read belongs to a handler that has committed by itself.
 *
 * <p>The mark does not show a handler that has rolled back. The identity of the transaction does: its number on PostgreSQL and
 * H2, a savepoint on MariaDB. PostgreSQL has the savepoint too, since after a failed statement it accepts nothing else.
 */
final class EffectMark {

    private static final String SAVEPOINT = "respite_effect";
    private static final String INSERT = "INSERT INTO {effects} (task_name, task_instance, version) VALUES (?, ?, ?)";
    private static final String ROW = " WHERE task_name = ? AND task_instance = ? AND version = ?";

    /** More than a row is ever picked and updated: its marks have versions from this many below its own. */
    private static final long MAX_CHANGES = 1_000_000;

    private final CallDatabase database;
    private final CallRow row;
    private final Sql sql;

    /** Set until the connection of the effect shows that its transaction is still the same. */
    private boolean isUnclear;

    EffectMark(CallDatabase database, CallRow row) {
        this.database = database;
        this.row = row;
        this.sql = Sql.of(database.dialect(), SAVEPOINT + "_" + Long.toHexString(row.version()));
    }

    private static final String DELETE = "DELETE FROM {effects}" + ROW;
    private static final String SAME = " AND CAST(txid_current() AS varchar) = ?";

    /**
     * PostgreSQL removes the row of the call with the mark: a round trip less. In another transaction it removes neither, since a
     * handler may have switched auto-commit on.
     */
    private static final String BOTH = DELETE + SAME + "; DELETE FROM {tasks}" + ROW + SAME;

    /** The work of a handler. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** The handler has ended its own transaction, so part of its effect may be committed. It is not made again. */
    static final class EndedByHandlerException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        /**
         * Creates the exception.
         *
         * @param failure the failure of the attempt; null if there is none. It is not the cause: a runner would take the
         *     deadlock of a cause for a reason to run the effect again
         */
        EndedByHandlerException(@Nullable Throwable failure) {
            super(
                    "the handler has ended its own transaction, or has continued after the database rolled it back: part of its"
                            + " effect may be committed, and it is not made again. Check the effect, then replay or discard the"
                            + " call. A handler leaves commit and rollback to Respite, and rethrows what a statement throws"
                            + (failure == null ? "" : "; the failure of the attempt: " + FailureText.of(failure)));
            if (failure != null) {
                addSuppressed(failure);
            }
        }
    }

    /** The handler has ignored a failure after which the database commits nothing. The attempt has had no effect. */
    static final class IgnoredFailureException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        IgnoredFailureException(Throwable cause) {
            super(
                    "the handler has ignored the failure of a statement, and the database rolls back the whole transaction:"
                            + " rethrow the failure, or set a savepoint before the statement",
                    cause);
        }
    }

    /**
     * Checks that no handler of the call has committed by itself.
     *
     * @throws EndedByHandlerException if one has
     * @throws SQLException if the database fails
     */
    void requireNone() throws SQLException {
        if (database.transaction(connection -> isPresent(database, connection, row))) {
            throw new EndedByHandlerException(null);
        }
    }

    /**
     * Runs a handler in the transaction of a connection.
     *
     * @throws EndedByHandlerException if the transaction is another one when the handler ends
     * @throws Exception the failure of the handler or of the database
     */
    void run(Connection connection, Work handler) throws Exception {
        run(connection, handler, values -> database.update(connection, sql.end, values.toArray()));
    }

    /**
     * Runs a handler, and removes the row of its call. The row is not locked before, so that the heartbeat of this call can be
     * written.
     *
     * @throws EndedByHandlerException if the transaction is another one when the handler ends
     * @throws LostRowException if the row was taken over
     * @throws Exception the failure of the handler or of the database
     */
    void runAndRemove(Connection connection, Work handler) throws Exception {
        if (database.dialect() == DurableDialect.POSTGRESQL) {
            run(connection, handler, values -> removeBoth(connection, values));
        } else {
            run(connection, handler);
            new CallStatements(database).remove(connection, row);
        }
    }

    /** Removes the mark and returns the number of removed marks. */
    @FunctionalInterface
    private interface Removal {
        int remove(List<Object> values) throws SQLException;
    }

    private int removeBoth(Connection connection, List<Object> values) throws SQLException {
        values.addAll(List.copyOf(values));
        try (PreparedStatement statement = database.prepare(connection, BOTH, values.toArray())) {
            statement.execute();
            int marks = statement.getUpdateCount();
            statement.getMoreResults();
            if (marks == 1 && statement.getUpdateCount() == 0) {
                // The transaction is the same: no other connection has to read the mark.
                isUnclear = false;
                throw CallStatements.lost(row);
            }
            return marks;
        }
    }

    private void run(Connection connection, Work handler, Removal removal) throws Exception {
        isUnclear = false;
        String transaction = begin(connection);
        isUnclear = true;
        try {
            AttemptThread.run(database.dataSource(), handler);
        } catch (Throwable failure) {
            requireSame(connection, transaction, failure);
            throw failure;
        }
        end(connection, transaction, removal);
        isUnclear = false;
    }

    /**
     * Reads the mark on a connection of its own, if the connection of the effect could not show the end of the transaction. Call
     * it after the rollback.
     *
     * @param failure the failure of the attempt
     * @throws EndedByHandlerException if the handler has committed by itself
     */
    void checkAfter(Throwable failure) {
        if (isUnclear && !(failure instanceof EndedByHandlerException)) {
            try {
                requireNone();
            } catch (SQLException noReply) {
                // The failure counts, and the next attempt checks again.
            }
        }
    }

    /** Returns an identity of the transaction; empty text where a savepoint identifies it. */
    private String begin(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                database.prepare(connection, sql.begin, row.task(), row.id(), row.version())) {
            boolean isRows = statement.execute();
            while (!isRows && statement.getUpdateCount() >= 0) {
                isRows = statement.getMoreResults();
            }
            if (!isRows) {
                return "";
            }
            try (ResultSet result = statement.getResultSet()) {
                result.next();
                return Optional.ofNullable(result.getString(1)).orElse("");
            }
        } catch (SQLException failure) {
            if (state(failure).startsWith("23")) {
                // The runner runs the effect again, and the mark of the first run was committed.
                throw new EndedByHandlerException(failure);
            }
            throw failure;
        }
    }

    private void end(Connection connection, String transaction, Removal removal) throws SQLException {
        try {
            List<Object> values = new ArrayList<>(List.of(row.task(), row.id(), row.version()));
            if (!transaction.isEmpty()) {
                values.add(transaction);
            }
            if (removal.remove(values) == 0) {
                throw new EndedByHandlerException(null);
            }
        } catch (SQLException failure) {
            if (sql.isGone(failure)) {
                throw new EndedByHandlerException(failure);
            }
            if (state(failure).equals("25P02")) {
                requireSame(connection, transaction, failure);
                throw new IgnoredFailureException(failure);
            }
            throw failure;
        }
    }

    /** Passes if it is the same transaction, if the database has rolled it back, or if the database does not respond. */
    private void requireSame(Connection connection, String transaction, Throwable failure) {
        boolean interrupted = Thread.interrupted();
        try {
            if (isSame(connection, transaction)) {
                isUnclear = false;
            } else if (database.dialect() == DurableDialect.POSTGRESQL || !isRolledBack(failure)) {
                throw new EndedByHandlerException(failure);
            }
        } catch (SQLException noReply) {
            // The mark is read later.
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isSame(Connection connection, String transaction) throws SQLException {
        try (PreparedStatement statement = database.prepare(connection, sql.same)) {
            if (!statement.execute()) {
                return true;
            }
            try (ResultSet result = statement.getResultSet()) {
                return result.next() && transaction.equals(result.getString(1));
            }
        } catch (SQLException failure) {
            if (sql.isGone(failure)) {
                return false;
            }
            throw failure;
        }
    }

    /** MariaDB and H2 roll back the transaction of a deadlock by themselves. */
    private static boolean isRolledBack(Throwable failure) {
        return FactReader.readChain(failure).stream()
                .anyMatch(fact -> fact instanceof SqlState state && state.isTransient());
    }

    /** Returns whether a handler of the call has committed by itself. */
    static boolean isPresent(CallDatabase database, Connection connection, CallRow row) throws SQLException {
        return !visible(database, connection, row).isEmpty();
    }

    /** Adds the mark of a handler that has committed by itself, in the transaction of the connection. */
    static void add(CallDatabase database, Connection connection, CallRow row) throws SQLException {
        database.update(connection, INSERT, row.task(), row.id(), row.version());
    }

    /**
     * Removes the marks of a call that is moved to the dead letters, each by its primary key: a mark that is not committed is
     * locked.
     *
     * @return whether there was one, so a handler of the call has committed by itself
     */
    static boolean remove(CallDatabase database, Connection connection, CallRow row) throws SQLException {
        List<Long> versions = visible(database, connection, row);
        for (long version : versions) {
            database.update(connection, DELETE, row.task(), row.id(), version);
        }
        return !versions.isEmpty();
    }

    private static List<Long> visible(CallDatabase database, Connection connection, CallRow row) throws SQLException {
        return database.list(
                connection,
                "SELECT version FROM {effects} WHERE task_name = ? AND task_instance = ? AND version BETWEEN ? AND ?",
                mark -> mark.getLong("version"),
                row.task(),
                row.id(),
                row.version() - MAX_CHANGES,
                row.version());
    }

    private static String state(SQLException failure) {
        return Optional.ofNullable(failure.getSQLState()).orElse("");
    }

    /**
     * The statements of a database, each one round trip.
     *
     * @param begin writes the mark, and returns the number of the transaction where it has one
     * @param end removes the mark if the transaction is the same
     * @param same passes or returns the number of the transaction, also after a failed statement
     * @param gone the states of a savepoint that does not exist
     */
    private record Sql(String begin, String end, String same, Set<String> gone) {

        static Sql of(DurableDialect dialect, String savepoint) {
            return switch (dialect) {
                // The transaction has a number, and statements that are always the same are prepared once.
                case POSTGRESQL ->
                    new Sql(
                            "SAVEPOINT " + SAVEPOINT + "; " + INSERT + " RETURNING CAST(txid_current() AS varchar)",
                            DELETE + SAME,
                            "ROLLBACK TO SAVEPOINT " + SAVEPOINT,
                            Set.of("3B001", "25P01"));
                case MARIADB ->
                    new Sql(
                            "BEGIN NOT ATOMIC SAVEPOINT " + savepoint + "; " + INSERT + "; END",
                            "BEGIN NOT ATOMIC RELEASE SAVEPOINT " + savepoint + "; " + DELETE + "; END",
                            "ROLLBACK TO SAVEPOINT " + savepoint,
                            Set.of("42000"));
                case H2 ->
                    new Sql(
                            "SELECT TRANSACTION_ID() FROM FINAL TABLE (" + INSERT + ")",
                            DELETE + " AND TRANSACTION_ID() = ?",
                            "SELECT TRANSACTION_ID()",
                            Set.of());
            };
        }

        boolean isGone(SQLException failure) {
            return gone.contains(state(failure));
        }
    }
}
