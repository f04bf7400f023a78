package dev.respite.jdbc;

import dev.respite.Retry;
import dev.respite.call.RepeatGuard;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in a transaction of JDBC, and the whole transaction again when it has failed by a deadlock, a serialization failure
 * or a broken connection.
 *
 * <pre>{@code
 * TransactionRetry transactions = TransactionRetry.of(retry, dataSource);
 * transactions.run(connection -> {
 *     try (Statement sql = connection.createStatement()) {
 *         sql.executeUpdate("UPDATE stock SET number = number - 1 WHERE item = 'tea'");
 *     }
 * });
 * }</pre>
 *
 * <p>An attempt takes a connection, switches auto-commit off, runs the work and commits. If anything fails, the transaction is
 * rolled back. In any case auto-commit is restored, and the connection is closed, before the delay begins. The work must not
 * commit, roll back or close the connection, and must not keep it; what else it changes of the connection, such as the
 * isolation, it restores itself.
 *
 * <p>A commit that fails without a response of the database, because the connection has broken, may have taken effect. Such a
 * transaction is not run again, unless {@linkplain #withIdempotentWork its repetition does no harm}: where the
 * policy would have retried the failure, the stop reason is {@link dev.respite.outcome.StopReason#NOT_IDEMPOTENT}.
 *
 * <p>The caller receives the last failure as it was thrown. Failures of a rollback or of closing a connection are not reported:
 * such a connection is aborted, so that a pool does not use it again.
 *
 * <p>A call inside an active transaction does not take part in it. The first such call is logged as a warning of the logger
 * {@code dev.respite}: one in the work of the same object, and one in an active transaction of Spring, which must be on the
 * class path of this class. A call fails, before its work, if the data source returns the connection of a transaction that is
 * running.
 *
 * <p>Immutable, and safe for use by any number of threads.
 */
public final class TransactionRetry {

    private final Retry retry;
    private final DataSource dataSource;
    private final boolean isIdempotent;
    private final NestingGuard nesting;

    private TransactionRetry(Retry retry, DataSource dataSource, boolean isIdempotent, NestingGuard nesting) {
        this.retry = retry;
        this.dataSource = dataSource;
        this.isIdempotent = isIdempotent;
        this.nesting = nesting;
    }

    /**
     * Retries transactions in a database.
     *
     * @param retry the policy, the budget and the listeners
     * @param dataSource returns a connection for each attempt
     * @return the retried transactions
     */
    public static TransactionRetry of(Retry retry, DataSource dataSource) {
        return new TransactionRetry(
                Objects.requireNonNull(retry, "retry"),
                Objects.requireNonNull(dataSource, "dataSource"),
                false,
                NestingGuard.logging(retry.name()));
    }

    /** {@return these transactions for work that may be run again after its commit may have taken effect} */
    public TransactionRetry withIdempotentWork() {
        return new TransactionRetry(RepeatGuard.withRepetitionPermitted(retry), dataSource, true, nesting);
    }

    /**
     * {@return these transactions without calls inside an active transaction: such a call fails with an {@link
     * IllegalStateException} before its first attempt}
     */
    public TransactionRetry withActiveTransactionRefused() {
        return new TransactionRetry(retry, dataSource, isIdempotent, nesting.refusing());
    }

    /**
     * Work in a transaction.
     *
     * @param <T> the type of its result
     * @param <X> the type of exception that it throws beside {@link SQLException}
     */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, X extends Exception> {

        /**
         * Does the work.
         *
         * @param connection the connection of the transaction
         * @return the result
         * @throws SQLException if the database fails
         * @throws X if the work fails otherwise
         */
        T run(Connection connection) throws SQLException, X;
    }

    /**
     * Work in a transaction without a result.
     *
     * @param <X> the type of exception that it throws beside {@link SQLException}
     */
    @FunctionalInterface
    public interface Action<X extends Exception> {

        /**
         * Does the work.
         *
         * @param connection the connection of the transaction
         * @throws SQLException if the database fails
         * @throws X if the work fails otherwise
         */
        void run(Connection connection) throws SQLException, X;
    }

    /**
     * Runs work without a result until its transaction is committed or the policy stops.
     *
     * @param action the work, which may be run several times
     * @param <X> the type of exception that the work throws beside {@link SQLException}
     * @throws SQLException if the database has failed in the last attempt
     * @throws X if the work has failed otherwise in the last attempt
     */
    public <X extends Exception> void run(Action<X> action) throws SQLException, X {
        Objects.requireNonNull(action, "action");
        this.<@Nullable Void, X>call(connection -> {
            action.run(connection);
            return null;
        });
    }

    /**
     * Runs work until its transaction is committed or the policy stops.
     *
     * @param work the work, which may be run several times
     * @param <T> the type of its result
     * @param <X> the type of exception that the work throws beside {@link SQLException}
     * @return the result of the transaction that was committed
     * @throws SQLException if the database has failed in the last attempt
     * @throws X if the work has failed otherwise in the last attempt
     */
    public <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws SQLException, X {
        Objects.requireNonNull(work, "work");
        nesting.check(dataSource);
        if (isIdempotent) {
            return call(retry, new Transaction<>(dataSource, work, nesting, () -> {}));
        }
        RepeatGuard guard = RepeatGuard.of(retry);
        return call(guard.retry(), new Transaction<>(dataSource, work, nesting, guard::forbid));
    }

    @SuppressWarnings("unchecked") // an attempt throws X, or an exception that is caught before
    private static <T extends @Nullable Object, X extends Exception> T call(Retry retry, Transaction<T, X> transaction)
            throws SQLException, X {
        try {
            return retry.<T, Exception>call(transaction::attempt);
        } catch (SQLException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw (X) failure;
        }
    }
}
