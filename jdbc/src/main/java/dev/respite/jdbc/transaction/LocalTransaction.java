package dev.respite.jdbc.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One transaction on a connection that it owns. {@link #close()} ends it in any case and ignores failures of the driver, so
 * the failure of the work reaches the caller as it was thrown.
 *
 * <pre>{@code
 * try (LocalTransaction transaction = LocalTransaction.begin(dataSource)) {
 *     work(transaction.connection());
 *     transaction.commit();
 * }
 * }</pre>
 *
 * <p>Not safe for use by several threads.
 */
public final class LocalTransaction implements AutoCloseable {

    private final Connection connection;
    private boolean hasSwitchedAutoCommitOff;
    private boolean isEnded;

    private LocalTransaction(Connection connection) {
        this.connection = connection;
    }

    /**
     * The body of a transaction.
     *
     * @param <T> the type of its result
     * @param <X> the type of exception that it throws beside {@link SQLException}
     */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object, X extends Exception> {

        /**
         * Runs the body.
         *
         * @param connection the connection of the transaction
         * @return the result
         * @throws SQLException if the database fails
         * @throws X if the body fails otherwise
         */
        T run(Connection connection) throws SQLException, X;
    }

    /**
     * Runs a body in a transaction and commits it. If the body has returned and this method throws an exception, the
     * transaction may be committed.
     *
     * @param dataSource provides the connection
     * @param body the body
     * @param <T> the type of its result
     * @param <X> the type of exception that it throws beside {@link SQLException}
     * @return the result of the body
     * @throws SQLException if the database fails
     * @throws X if the body fails otherwise
     */
    public static <T extends @Nullable Object, X extends Exception> T run(DataSource dataSource, Body<T, X> body)
            throws SQLException, X {
        try (LocalTransaction transaction = begin(dataSource)) {
            T result = body.run(transaction.connection);
            transaction.commit();
            return result;
        }
    }

    /**
     * Returns a data source for statements of Respite, whatever the settings of its connections. Its connections commit each
     * statement by themselves, and {@link #begin(DataSource)} begins transactions of Respite on them. The isolation is READ
     * COMMITTED, or MariaDB's default, REPEATABLE READ. What is changed of a connection is restored before it is closed.
     *
     * <p>An exception of the first connection for which {@link #isRefusal} returns true shows that a setting of the connections is refused. One of a later connection shows that it is in a transaction of the caller.
     *
     * @param dataSource the data source of the application, which is not used yet
     * @return the data source
     */
    public static DataSource ownConnections(DataSource dataSource) {
        return new OwnConnections(dataSource);
    }

    /**
     * Returns whether a connection was refused. Its message has the reason and the remedy, and nothing of the connection is changed.
     *
     * @param failure an exception of this class, or of {@link #ownConnections}
     * @return whether it is a refusal
     */
    public static boolean isRefusal(SQLException failure) {
        return failure instanceof UnfitConnectionException;
    }

    /**
     * Begins a transaction on a connection of a data source. It is a transaction of the application, whose settings remain, unless the
     * data source is one of {@link #ownConnections}.
     *
     * @param dataSource provides the connection
     * @return the transaction
     * @throws SQLException if no connection is available, the transaction cannot be begun, or the connection is in a transaction
     *     already, which remains as it is
     */
    public static LocalTransaction begin(DataSource dataSource) throws SQLException {
        if (dataSource instanceof OwnConnections own) {
            return begin(own.openForTransaction());
        }
        Connection connection = dataSource.getConnection();
        try {
            if (!connection.getAutoCommit()) {
                RunningTransaction.requireNone(dataSource, connection);
            }
        } catch (Throwable failure) {
            closeQuietly(connection);
            throw failure;
        }
        return begin(connection);
    }

    /**
     * Begins a transaction on a connection, and takes the connection over: it is closed when the transaction is closed.
     *
     * @param connection the connection, which is in no transaction
     * @return the transaction
     * @throws SQLException if the transaction cannot be begun; the connection is closed then
     */
    public static LocalTransaction begin(Connection connection) throws SQLException {
        LocalTransaction transaction = new LocalTransaction(connection);
        try {
            if (connection.getAutoCommit()) {
                transaction.hasSwitchedAutoCommitOff = true;
                connection.setAutoCommit(false);
            }
            return transaction;
        } catch (Throwable failure) {
            transaction.close();
            throw failure;
        }
    }

    /**
     * Returns the connection of the transaction.
     *
     * @return the connection, with auto-commit off
     */
    public Connection connection() {
        return connection;
    }

    /**
     * Commits the transaction.
     *
     * @throws SQLException if the commit fails; it may have taken effect
     */
    public void commit() throws SQLException {
        connection.commit();
        isEnded = true;
    }

    /**
     * Rolls the transaction back.
     *
     * @throws SQLException if the rollback fails
     */
    public void rollback() throws SQLException {
        connection.rollback();
        isEnded = true;
    }

    /**
     * Rolls the transaction back unless it has ended, switches auto-commit on if it was on, and closes the connection. A
     * connection that cannot be brought to its former state is aborted, so that a pool does not use it again. Switching
     * auto-commit on would commit an open transaction.
     */
    @Override
    public void close() {
        boolean isClean = false;
        try {
            isClean = (isEnded || succeeds(connection::rollback))
                    && (!hasSwitchedAutoCommitOff || succeeds(() -> connection.setAutoCommit(true)));
        } finally {
            try {
                boolean unused = isClean || succeeds(() -> connection.abort(Runnable::run));
            } finally {
                closeQuietly(connection);
            }
        }
    }

    /**
     * Closes a connection on which no transaction is open. A failure is ignored: there is nothing left to do.
     *
     * @param connection the connection
     */
    public static void closeQuietly(Connection connection) {
        boolean unused = succeeds(connection::close);
    }

    @FunctionalInterface
    interface Step {
        void run() throws SQLException;
    }

    /** A failure must not replace the caller's failure. An old driver lacks methods. */
    static boolean succeeds(Step step) {
        try {
            step.run();
            return true;
        } catch (SQLException | RuntimeException | LinkageError failure) {
            return false;
        }
    }
}
