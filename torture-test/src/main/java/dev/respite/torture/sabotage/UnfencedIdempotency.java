package dev.respite.torture.sabotage;

import dev.respite.idempotency.ExecutionOutcome;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OwnedRecord;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Writes effect and record in one transaction without a check whether this execution still owns the record.
 *
 * @param engine the engine
 * @param dataSource the database of effect and record
 */
record UnfencedIdempotency(IdempotencyEngine engine, DataSource dataSource) implements Idempotency<Connection> {

    @Override
    public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super Connection, X> work)
            throws X {
        return engine.run(call, owned -> run(owned, work));
    }

    /** The pool rolls back what is not committed. */
    private <X extends Exception> ExecutionOutcome run(OwnedRecord owned, Work<? super Connection, X> work) throws X {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            StoredResponse response = work.run(connection);
            write(connection, owned.ownerToken().key(), response);
            connection.commit();
            connection.setAutoCommit(true);
            return new IdempotentResult.Executed(response);
        } catch (SQLException failure) {
            return new ExecutionOutcome.Unrecorded();
        }
    }

    private static void write(Connection connection, StorageKey key, StoredResponse response) throws SQLException {
        try (PreparedStatement done = connection.prepareStatement(
                "UPDATE respite_idempotency SET state = 'DONE', response = ? WHERE storage_key = ?")) {
            done.setBytes(1, response.toBytes());
            done.setString(2, key.value());
            done.executeUpdate();
        }
    }

    @Override
    public IdempotencyCounts counts() {
        return engine.counts();
    }
}
