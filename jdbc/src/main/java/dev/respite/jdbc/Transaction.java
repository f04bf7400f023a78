package dev.respite.jdbc;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFact.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The transaction of one call; each attempt runs it as a whole. */
final class Transaction<T extends @Nullable Object, X extends Exception> {

    private final DataSource dataSource;
    private final TransactionRetry.Work<T, X> work;
    private final NestingGuard nesting;
    private final Runnable onUnknownCommit;

    Transaction(
            DataSource dataSource, TransactionRetry.Work<T, X> work, NestingGuard nesting, Runnable onUnknownCommit) {
        this.dataSource = dataSource;
        this.work = work;
        this.nesting = nesting;
        this.onUnknownCommit = onUnknownCommit;
    }

    /** Runs the transaction; holds nothing afterwards. */
    T attempt() throws SQLException, X {
        Connection connection = dataSource.getConnection();
        boolean isEnded = false;
        boolean autoCommit = false;
        try {
            autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
            T result = nesting.run(work, connection);
            commit(connection);
            isEnded = true;
            return result;
        } finally {
            release(connection, isEnded || rolledBack(connection), autoCommit);
        }
    }

    private void commit(Connection connection) throws SQLException {
        try {
            connection.commit();
        } catch (Throwable failure) {
            if (!provesRollback(failure)) {
                onUnknownCommit.run();
            }
            throw failure;
        }
    }

    private static boolean provesRollback(Throwable failure) {
        List<FailureFact> states = FactReader.readChain(failure).stream()
                .filter(SqlState.class::isInstance)
                .toList();
        return !states.isEmpty() && states.stream().allMatch(state -> ((SqlState) state).provesRollback());
    }

    /** Rolls back; returns false if that fails. The caller's exception is not changed, so the failure has no place in it. */
    private static boolean rolledBack(Connection connection) {
        try {
            connection.rollback();
            return true;
        } catch (SQLException | RuntimeException broken) {
            return false;
        }
    }

    /** To switch auto-commit on would commit a transaction that has not ended: then the connection is not used again. */
    private static void release(Connection connection, boolean isEnded, boolean autoCommit) {
        boolean isClean = isEnded && (!autoCommit || restored(connection));
        if (!isClean) {
            abort(connection);
        }
        try {
            connection.close();
        } catch (SQLException | RuntimeException broken) {
            // The transaction has ended, whatever becomes of the connection.
            return;
        }
    }

    private static boolean restored(Connection connection) {
        try {
            connection.setAutoCommit(true);
            return true;
        } catch (SQLException | RuntimeException broken) {
            return false;
        }
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException | AbstractMethodError unsupported) {
            // Closing it is all that is left.
            return;
        }
    }
}
