package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Runs something in a transaction of its own: the seam to whoever manages transactions.
 *
 * <p>Without one, Respite takes a connection of its {@code DataSource} and commits by itself. An application whose code finds
 * its transaction by other ways, Spring's for example, gives one that begins such a transaction.
 *
 * <p>Implementations are safe for use by any number of threads.
 */
public interface TransactionRunner {

    /**
     * Begins a transaction, runs a body in it, and commits if the body returns true; rolls back if it returns false or throws.
     * The body is run once, on this thread.
     *
     * @param body what to run; it throws nothing but {@link Error}
     * @return whether it was committed; false also where the body returned true and somebody else had marked the transaction
     *     to be rolled back
     * @throws SQLException if the transaction could not be begun or ended; or any {@link RuntimeException} in its place. If the
     *     body had returned true, it may be committed or not: Respite finds out
     */
    boolean inTransaction(Body body) throws SQLException;

    /**
     * Whether this thread is in a transaction already, which {@link #inTransaction} would join and could not commit.
     *
     * @return true if so; it is refused then
     */
    default boolean isInTransaction() {
        return false;
    }

    /** What is run in a transaction. */
    @FunctionalInterface
    interface Body {

        /**
         * Runs.
         *
         * @param connection the connection of the transaction, with auto-commit off
         * @return whether to commit
         */
        boolean run(Connection connection);
    }
}
