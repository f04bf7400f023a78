package dev.respite.torture;

import dev.respite.idempotency.ExecutionOutcome;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OwnedRecord;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.torture.cluster.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Writes effect and record in one transaction without an entry mark: a failure of the work is treated as proof that it had no
 * effect.
 *
 * @param engine the engine
 * @param dataSource the database of effect and record
 * @param fenced whether it checks that this execution still owns the record
 */
record ReimplementedIdempotency(IdempotencyEngine engine, DataSource dataSource, boolean fenced)
        implements Idempotency<Connection> {

    private static final int FIRST_ERROR = 400;

    @Override
    public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super Connection, X> work)
            throws X {
        return engine.run(call, owned -> run(owned, work));
    }

    /** The pool rolls back a transaction that is not committed. */
    private <X extends Exception> ExecutionOutcome run(OwnedRecord owned, Work<? super Connection, X> work) throws X {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            if (fenced && !isLocked(connection, owned.ownerToken())) {
                return ExecutionOutcome.Unfinished.LOST;
            }
            StoredResponse response = result(connection, owned, work);
            if (response.status() >= FIRST_ERROR) {
                connection.rollback();
                owned.release(engine.store());
                return new IdempotentResult.NotDone(response);
            }
            write(connection, owned.ownerToken(), response);
            connection.commit();
            connection.setAutoCommit(true);
            return new IdempotentResult.Executed(response);
        } catch (SQLException failure) {
            return ExecutionOutcome.Unfinished.UNDECIDED;
        }
    }

    private <X extends Exception> StoredResponse result(
            Connection connection, OwnedRecord owned, Work<? super Connection, X> work) throws X, SQLException {
        try {
            return work.run(connection);
        } catch (Exception failure) {
            connection.rollback();
            owned.release(engine.store());
            throw failure;
        }
    }

    private static boolean isLocked(Connection connection, OwnerToken own) throws SQLException {
        String lock = "SELECT 1 FROM respite_idempotency"
                + " WHERE storage_key = ? AND fence = ? AND state = 'STARTED' FOR UPDATE";
        return Sql.read(connection, lock, row -> {}, own.key().value(), own.fence()) > 0;
    }

    private void write(Connection connection, OwnerToken own, StoredResponse response) throws SQLException {
        String done = "UPDATE respite_idempotency SET state = 'DONE', response = ? WHERE storage_key = ?"
                + (fenced ? " AND fence = " + own.fence() : "");
        Sql.update(connection, done, response.toBytes(), own.key().value());
    }

    @Override
    public IdempotencyCounts counts() {
        return engine.counts();
    }
}
