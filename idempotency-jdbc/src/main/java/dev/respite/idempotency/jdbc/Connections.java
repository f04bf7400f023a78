package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Connections of a data source: how they are come by, and how a transaction on one is ended. */
final class Connections {

    private final DataSource dataSource;

    Connections(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** What is done on a connection. */
    @FunctionalInterface
    interface Use<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Each statement a transaction of its own; the connection is given back before this returns. */
    <T> T autoCommitted(Use<T> use) throws SQLException {
        try (Connection connection = open()) {
            return use.on(connection);
        }
    }

    /**
     * One transaction, committed or rolled back as the use of it says. If this throws, and the use of it had returned true, it
     * may be committed or not.
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
            // To switch auto-commit on again would commit: it stays off unless there is nothing left to commit.
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
            // A broken one fails to answer at all. Whatever it is: a pool waits for ever for what it is not given back.
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
            throw new UnfitDatabaseException("the DataSource gives connections whose auto-commit is off: they"
                    + " are in a transaction already, or the pool is set up so. Give Respite a DataSource whose"
                    + " connections are its own, with auto-commit on; the same database is enough");
        }
    }
}
