package dev.respite.durable;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Transactions on connections of a data source. */
final class Transactions {

    /** The database may be away for a moment. What is not written by then is found by the missing heartbeat. */
    static final Retry REPEATED = Retry.silent(
                    RetryPolicy.parse(
                            "max-attempts=8 base-delay=20ms max-delay=2s total-timeout=20s budget=off nested=retry"),
                    TimeSource.system())
            .withName("durable-writes");

    private Transactions() {}

    /** What a transaction does. */
    @FunctionalInterface
    interface Body<T, X extends Exception> {
        T on(Connection connection) throws X, SQLException;
    }

    /** Runs one transaction. If this throws after the body has returned, the transaction may be committed. */
    static <T, X extends Exception> T run(DataSource dataSource, Body<T, X> body) throws X, SQLException {
        Connection connection = dataSource.getConnection();
        try {
            boolean autoCommit = connection.getAutoCommit();
            if (autoCommit) {
                connection.setAutoCommit(false);
            }
            T value = committed(connection, body, autoCommit);
            if (autoCommit) {
                connection.setAutoCommit(true);
            }
            return value;
        } finally {
            // Not by try-with-resources, which would add to the caller's exception.
            close(connection);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException alreadyGone) {
            // The transaction has ended before.
        }
    }

    private static <T, X extends Exception> T committed(Connection connection, Body<T, X> body, boolean autoCommit)
            throws X, SQLException {
        try {
            T value = body.on(connection);
            connection.commit();
            return value;
        } catch (Throwable failure) {
            // Enabling auto-commit would commit, so it stays off unless the rollback has succeeded.
            try {
                connection.rollback();
                if (autoCommit) {
                    connection.setAutoCommit(true);
                }
            } catch (SQLException alsoFailed) {
                abort(connection);
            }
            throw failure;
        }
    }

    /** A pool would go on with an open transaction. The caller's exception stays as it is. */
    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException alreadyGone) {
            // Then nothing is left to end.
        }
    }
}
