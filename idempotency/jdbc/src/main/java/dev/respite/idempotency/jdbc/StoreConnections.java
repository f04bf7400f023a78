package dev.respite.idempotency.jdbc;

import dev.respite.jdbc.transaction.LocalTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Opens connections of a data source, and ends transactions on them. */
final class StoreConnections {

    private final DataSource dataSource;
    private final DataSource own;

    StoreConnections(DataSource dataSource) {
        this.dataSource = dataSource;
        this.own = LocalTransaction.ownConnections(dataSource);
    }

    /** Runs each statement in its own transaction. The connection is returned to the data source before this method returns. */
    <T> T autoCommitted(LocalTransaction.Body<T, RuntimeException> use) throws SQLException {
        Connection connection = opened(own::getConnection);
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
        return run(opened(() -> LocalTransaction.begin(own)), use);
    }

    /** Runs the work of the application as {@link #transaction} does, with the isolation of the data source. */
    boolean work(LocalTransaction.Body<Boolean, RuntimeException> use) throws SQLException {
        return run(opened(() -> LocalTransaction.begin(dataSource)), use);
    }

    private static boolean run(LocalTransaction begun, LocalTransaction.Body<Boolean, RuntimeException> use)
            throws SQLException {
        try (LocalTransaction transaction = begun) {
            boolean commit = use.run(transaction.connection());
            if (commit) {
                transaction.commit();
            } else {
                transaction.rollback();
            }
            return commit;
        }
    }

    /** Opens a connection. */
    @FunctionalInterface
    private interface Opening<T> {
        T open() throws SQLException;
    }

    private static <T> T opened(Opening<T> opening) throws SQLException {
        try {
            return opening.open();
        } catch (SQLException failure) {
            if (LocalTransaction.isRefusal(failure)) {
                throw new UnfitDatabaseException(String.valueOf(failure.getMessage()));
            }
            throw failure;
        }
    }
}
