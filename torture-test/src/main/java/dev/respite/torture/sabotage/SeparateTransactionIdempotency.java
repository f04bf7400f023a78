package dev.respite.torture.sabotage;

import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.StoredResponse;
import dev.respite.idempotency.Work;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Another idempotency whose work does not use the transaction that it is given, but has one of its own.
 *
 * @param idempotency the other
 * @param effects where the work's transactions are
 */
record SeparateTransactionIdempotency(Idempotency<Connection> idempotency, DataSource effects)
        implements Idempotency<Connection> {

    @Override
    public <X extends Exception> Answer execute(IdempotentCall call, Work<? super Connection, X> work) throws X {
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
            throw new StoreUnavailableException("the bank does not answer", failure);
        }
    }

    @Override
    public IdempotencyCounts counts() {
        return idempotency.counts();
    }
}
