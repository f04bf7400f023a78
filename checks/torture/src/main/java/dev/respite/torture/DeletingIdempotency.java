package dev.respite.torture;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.torture.cluster.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * Writes effect and record in one transaction, and deletes the record if the end of that transaction is unknown.
 *
 * @param engine the engine
 * @param dataSource the database of effect and record
 */
record DeletingIdempotency(IdempotencyEngine engine, DataSource dataSource) implements Idempotency<Connection> {

    @Override
    public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super Connection, X> work)
            throws X {
        return TransactionalIdempotency.of(engine)
                .withTransactions(body -> isCommitted(body, call.storageKey()))
                .execute(call, work);
    }

    private boolean isCommitted(Predicate<Connection> body, StorageKey key) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            boolean commit = body.test(connection);
            if (commit) {
                connection.commit();
            } else {
                connection.rollback();
            }
            connection.setAutoCommit(true);
            return commit;
        } catch (SQLException failure) {
            forget(key);
            throw failure;
        }
    }

    private void forget(StorageKey key) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            Sql.update(connection, "DELETE FROM respite_idempotency WHERE storage_key = ?", key.value());
        }
    }

    @Override
    public IdempotencyCounts counts() {
        return engine.counts();
    }
}
