package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The records as one transaction sees and changes them.
 *
 * @param connection its connection
 * @param records the questions
 * @param transaction the transaction that changes must be in; if it is present and the connection is in another by then, they
 *     are refused
 */
record RecordsOn(Connection connection, Records records, Optional<String> transaction) implements IdempotencyStore {

    @Override
    public Put putIfAbsent(StorageKey key, Draft draft) {
        try {
            return records.putIfAbsent(connection, key, draft);
        } catch (SQLException failure) {
            throw failed(failure);
        }
    }

    @Override
    public Swap compareAndSet(Expectation expected, Draft draft) {
        try {
            return transaction.isPresent()
                    ? records.compareAndSet(connection, expected, draft, transaction.get())
                    : records.compareAndSet(connection, expected, draft);
        } catch (SQLException failure) {
            throw failed(failure);
        }
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        try {
            return records.find(connection, key);
        } catch (SQLException failure) {
            throw failed(failure);
        }
    }

    @Override
    public int purge(int atMost) {
        try {
            return records.purge(connection, atMost);
        } catch (SQLException failure) {
            throw failed(failure);
        }
    }

    private static StoreUnavailableException failed(SQLException failure) {
        return SqlFailures.unavailable("the record could not be changed in its transaction", failure);
    }
}
