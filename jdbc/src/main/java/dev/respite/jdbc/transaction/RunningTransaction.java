package dev.respite.jdbc.transaction;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * Detects connections that are in a transaction of the caller. A data source may return the connection that a transaction manager has
 * bound to the thread, or the same one each time. To commit it would commit the work of the caller.
 *
 * <p>Only connections with auto-commit off are checked, so a pool with auto-commit on has no further round trip. Of other databases
 * than the three below, only transactions of Spring are detected.
 */
final class RunningTransaction {

    /** A transaction is open in PostgreSQL. */
    private static final String ACTIVE = "25001";

    private static final String REFUSED =
            "the DataSource has returned a connection of a transaction that is running, and"
                    + " committing it would commit the work of the caller: call this outside of the transaction, use the method that"
                    + " takes its connection, such as enqueue(connection, …), or pass a DataSource without TransactionAwareDataSourceProxy";

    private static final String OR_OF_THE_POOL =
            ". If the pool has begun it, because its auto-commit is off and it sets a schema or"
                    + " runs a statement on new connections: set the schema in the URL, or let the pool commit (HikariCP:"
                    + " isolateInternalQueries with connectionInitSql)";

    private RunningTransaction() {}

    /**
     * Passes if a connection is in no transaction. It changes nothing of the connection.
     *
     * @param dataSource the data source that has returned the connection
     * @param connection a connection with auto-commit off
     * @throws UnfitConnectionException if the connection is in a transaction
     * @throws SQLException if the database fails
     */
    static void requireNone(DataSource dataSource, Connection connection) throws SQLException {
        if (SpringBinding.isBound(dataSource)) {
            throw new UnfitConnectionException(REFUSED);
        }
        if (isOpen(connection)) {
            throw new UnfitConnectionException(REFUSED + OR_OF_THE_POOL);
        }
    }

    private static boolean isOpen(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
        return switch (product) {
            case "postgresql" -> isOpenInPostgresql(connection);
            case "mariadb" -> isTrue(connection, "SELECT @@in_transaction");
            case "h2" ->
                isTrue(
                        connection,
                        "SELECT CONTAINS_UNCOMMITTED FROM INFORMATION_SCHEMA.SESSIONS WHERE SESSION_ID = SESSION_ID()");
            default -> false;
        };
    }

    /** The driver rejects this method in a transaction. The value is the same, so nothing is sent. */
    private static boolean isOpenInPostgresql(Connection connection) throws SQLException {
        try {
            connection.setReadOnly(connection.isReadOnly());
            return false;
        } catch (SQLException failure) {
            if (ACTIVE.equals(failure.getSQLState())) {
                return true;
            }
            throw failure;
        }
    }

    private static boolean isTrue(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        }
    }
}
