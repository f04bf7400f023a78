package dev.respite.torture;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Runs the work in a transaction of its own instead of the one that contains the record.
 *
 * @param idempotency the idempotency that writes the record
 * @param effects the data source of the work
 */
record SeparateTransactionIdempotency(Idempotency<Connection> idempotency, DataSource effects)
        implements Idempotency<Connection> {

    @Override
    public <X extends Exception> IdempotentResult execute(IdempotentCall call, Work<? super Connection, X> work)
            throws X {
        return idempotency.execute(call, unused -> committed(work));
    }

    private <X extends Exception> StoredResponse committed(Work<? super Connection, X> work) throws X {
        try (Connection connection = effects.getConnection()) {
            connection.setAutoCommit(false);
            StoredResponse response = work.run(connection);
            connection.commit();
            connection.setAutoCommit(true);
            return response;
        } catch (SQLException failure) {
            throw new StoreUnavailableException("the bank's database is not available", failure);
        }
    }

    @Override
    public IdempotencyCounts counts() {
        return idempotency.counts();
    }
}
