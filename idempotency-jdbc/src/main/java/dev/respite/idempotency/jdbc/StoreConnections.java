package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Opens connections of a data source, and ends transactions on them. */
final class StoreConnections {

    private final DataSource dataSource;

    StoreConnections(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Uses a connection. */
    @FunctionalInterface
    interface Use<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Runs each statement in its own transaction. The connection is returned to the data source before this method returns. */
    <T> T autoCommitted(Use<T> use) throws SQLException {
        try (Connection connection = open()) {
            return use.on(connection);
        }
    }

    /**
     * Runs one transaction and commits it if the use returns true. If the use has returned true and this method throws an
     * exception, the transaction may or may not be committed.
     */
    boolean transaction(Use<Boolean> use) throws SQLException {
        try (Connection connection = open()) {
            connection.setAutoCommit(false);
            boolean commit = ended(connection, use);
            connection.setAutoCommit(true);
            return commit;
        }
    }

    private static boolean ended(Connection connection, Use<Boolean> use) throws SQLException {
        try {
            boolean commit = use.on(connection);
            if (commit) {
                connection.commit();
            } else {
                connection.rollback();
            }
            return commit;
        } catch (Throwable failure) {
            // Enabling auto-commit would commit, so it stays off unless the rollback has succeeded.
            try {
                connection.rollback();
                connection.setAutoCommit(true);
            } catch (SQLException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
    }

    private Connection open() throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            requireAutoCommit(connection);
            return connection;
        } catch (Throwable failure) {
            // Close it on any failure: a pool never recovers a connection that is not returned.
            try {
                connection.close();
            } catch (SQLException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
    }

    private static void requireAutoCommit(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            throw new UnfitDatabaseException("the DataSource returns connections with auto-commit off: they"
                    + " are in a transaction already, or the pool is configured so. Pass a DataSource of the same"
                    + " database whose connections have auto-commit on and are used by Respite only");
        }
    }
}
