package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Predicate;

/**
 * Runs code in a transaction: the interface to a transaction manager.
 *
 * <p>Without one, Respite takes a connection of its {@code DataSource} and commits on its own. An application whose code
 * finds its transaction another way, as with Spring, provides a runner that begins such a transaction.
 *
 * <p>Implementations are safe for use by any number of threads.
 */
public interface TransactionRunner {

    /**
     * Runs a body in a new transaction and returns whether it was committed. The body runs once, on this thread.
     *
     * @param body the body, for the connection of the transaction, with auto-commit off; it returns whether to commit, and throws
     *     nothing but {@link Error}
     * @return whether the transaction was committed; also false if the body returned true and the transaction was marked for
     *     rollback
     * @throws SQLException if the transaction could not be begun or ended; a {@link RuntimeException} may be thrown instead.
     *     If the body had returned true, the transaction may or may not be committed: Respite checks that
     */
    boolean runInTransaction(Predicate<Connection> body) throws SQLException;

    /**
     * {@return whether this thread is in a transaction already; the call is then rejected} {@link #runInTransaction} would join
     * it and could not commit.
     */
    default boolean isInTransaction() {
        return false;
    }
}
