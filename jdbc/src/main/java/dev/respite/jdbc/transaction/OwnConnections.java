package dev.respite.jdbc.transaction;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a data source of the application, for statements of Respite. The application's connections may have auto-commit off, or
 * the isolation REPEATABLE READ or SERIALIZABLE: both are changed while Respite uses a connection, and restored before it is closed.
 * The isolation of MariaDB's default, REPEATABLE READ, is not changed.
 *
 * <p>Refused are connections that are in a transaction, and the settings with which Respite cannot keep its promises. Read-only and
 * the isolation are checked on the first connection, since they may cost a round trip. A pool with auto-commit on, and the default
 * isolation of its database, has no round trip more than without this class.
 *
 * <p>Safe for use by any number of threads.
 */
final class OwnConnections implements DataSource {

    private static final int OWN_ISOLATION = Connection.TRANSACTION_READ_COMMITTED;

    private final DataSource dataSource;

    /** The isolation to which connections are restored; the own one if it is not changed, null until the first connection. */
    private volatile @Nullable Integer isolation;

    OwnConnections(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Opens a connection on which each statement is committed by itself. Its {@code close} restores the settings.
     *
     * @throws UnfitConnectionException if the connection is in a transaction, or has a setting that is refused
     * @throws SQLException if no connection is available, or its settings cannot be changed
     */
    @Override
    public Connection getConnection() throws SQLException {
        Restored restored = open();
        try {
            if (!restored.wasAutoCommit) {
                restored.switchAutoCommitOn();
            }
            adapt(restored);
            return restored.toConnection();
        } catch (Throwable failure) {
            restored.close();
            throw failure;
        }
    }

    /** Opens a connection for a transaction, whose auto-commit is as it was; otherwise as {@link #getConnection()} does. */
    Connection openForTransaction() throws SQLException {
        Restored restored = open();
        try {
            adapt(restored);
            return restored.toConnection();
        } catch (Throwable failure) {
            restored.close();
            throw failure;
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user is that of the data source; use getConnection()");
    }

    /** Returns a connection that is in no transaction. One that is in a transaction is closed, and nothing of it is changed. */
    private Restored open() throws SQLException {
        Connection connection = dataSource.getConnection();
        try {
            boolean isAutoCommit = connection.getAutoCommit();
            if (!isAutoCommit) {
                RunningTransaction.requireNone(dataSource, connection);
            }
            return new Restored(connection, isAutoCommit);
        } catch (Throwable failure) {
            LocalTransaction.closeQuietly(connection);
            throw failure;
        }
    }

    private void adapt(Restored restored) throws SQLException {
        @Nullable Integer known = isolation;
        if (known == null) {
            known = checked(restored.connection);
            isolation = known;
        }
        if (known != OWN_ISOLATION) {
            restored.changeIsolation(known);
        }
    }

    /** Checks the settings of a connection, and returns its isolation, or the own one if it need not be changed. */
    private static int checked(Connection connection) throws SQLException {
        if (connection.isReadOnly()) {
            throw new UnfitConnectionException(
                    "the connections of the DataSource are read-only, and Respite writes to its"
                            + " tables: switch read-only off for the pool (HikariCP: readOnly, spring.datasource.hikari.read-only), or"
                            + " pass a DataSource of the primary database");
        }
        String product = connection.getMetaData().getDatabaseProductName();
        int level = connection.getTransactionIsolation();
        // PostgreSQL treats it as READ COMMITTED.
        if (level == Connection.TRANSACTION_READ_UNCOMMITTED && !product.equalsIgnoreCase("PostgreSQL")) {
            throw new UnfitConnectionException(
                    "the isolation of the connections is READ UNCOMMITTED, so Respite would act on what others may still roll"
                            + " back: set another level for the pool, for example READ COMMITTED");
        }
        boolean isChanged = level == Connection.TRANSACTION_SERIALIZABLE
                || (level == Connection.TRANSACTION_REPEATABLE_READ && !product.equalsIgnoreCase("MariaDB"));
        return isChanged ? level : OWN_ISOLATION;
    }

    /** A connection whose settings are restored when it is closed. Not safe for use by several threads. */
    private static final class Restored implements InvocationHandler {

        private final Connection connection;
        private final boolean wasAutoCommit;

        /** The last change comes first. */
        private final Deque<LocalTransaction.Step> restore = new ArrayDeque<>(2);

        Restored(Connection connection, boolean wasAutoCommit) {
            this.connection = connection;
            this.wasAutoCommit = wasAutoCommit;
        }

        /** The connection is in no transaction, which this would commit. */
        void switchAutoCommitOn() throws SQLException {
            restore.push(() -> connection.setAutoCommit(false));
            connection.setAutoCommit(true);
            if (!connection.getAutoCommit()) {
                throw new UnfitConnectionException(
                        "auto-commit of the connections is off and cannot be switched on, so what"
                                + " Respite writes would not be committed: switch auto-commit on for the pool");
            }
        }

        void changeIsolation(int before) throws SQLException {
            restore.push(() -> connection.setTransactionIsolation(before));
            connection.setTransactionIsolation(OWN_ISOLATION);
        }

        /** Returns the connection itself if there is nothing to restore. */
        Connection toConnection() {
            return restore.isEmpty()
                    ? connection
                    : (Connection) Proxy.newProxyInstance(
                            OwnConnections.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
        }

        /** A connection that cannot be restored is aborted, so that a pool does not use it again. */
        void close() {
            boolean isRestored = true;
            while (isRestored && !restore.isEmpty()) {
                isRestored = LocalTransaction.succeeds(restore.pop());
            }
            restore.clear();
            boolean unused = isRestored || LocalTransaction.succeeds(() -> connection.abort(Runnable::run));
            LocalTransaction.closeQuietly(connection);
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            if (method.getName().equals("close")) {
                close();
                return null;
            }
            try {
                return method.invoke(connection, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        }
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return dataSource.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        dataSource.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        dataSource.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return dataSource.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return dataSource.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return dataSource.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return dataSource.isWrapperFor(type);
    }
}
