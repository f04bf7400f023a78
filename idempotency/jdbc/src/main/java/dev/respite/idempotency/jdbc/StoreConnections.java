package dev.respite.idempotency.jdbc;

import dev.respite.jdbc.transaction.LocalTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Opens connections of a data source, and ends transactions on them. */
final class StoreConnections {

    private final DataSource dataSource;

    StoreConnections(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Runs each statement in its own transaction. The connection is returned to the data source before this method returns. */
    <T> T autoCommitted(LocalTransaction.Body<T, RuntimeException> use) throws SQLException {
        Connection connection = open();
        try {
            return use.run(connection);
        } finally {
            LocalTransaction.closeQuietly(connection);
        }
    }

    /**
     * Runs one transaction and commits it if the use returns true. If the use has returned true and this method throws an
     * exception, the transaction may or may not be committed.
     */
    boolean transaction(LocalTransaction.Body<Boolean, RuntimeException> use) throws SQLException {
        try (LocalTransaction transaction = LocalTransaction.begin(open())) {
            boolean commit = use.run(transaction.connection());
            if (commit) {
                transaction.commit();
            } else {
                transaction.rollback();
            }
            return commit;
        }
    }

    /** Returns a connection that is in no transaction. A connection that is in one is closed and left as it is. */
    private Connection open() throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            requireAutoCommit(connection);
            return connection;
        } catch (Throwable failure) {
            LocalTransaction.closeQuietly(connection);
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
