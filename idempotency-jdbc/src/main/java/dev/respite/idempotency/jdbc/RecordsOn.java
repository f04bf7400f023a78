package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.Draft;
import dev.respite.idempotency.Expectation;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.StorageKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The changes of a record that are made in a transaction which is under way.
 *
 * @param connection its connection
 * @param records the questions
 * @param transaction the transaction that changes must be in; if it is present and the connection is in another by then,
 *     nothing is changed, and {@link Escaped} is thrown
 */
record RecordsOn(Connection connection, Records records, Optional<String> transaction) implements IdempotencyStore {

    /** The connection is no longer in the transaction that changes must be in. */
    static final class Escaped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public Swap compareAndSet(Expectation expected, Draft draft) {
        try {
            return transaction.isPresent()
                    ? records.compareAndSet(connection, expected, draft, transaction.get())
                            .orElseThrow(Escaped::new)
                    : records.compareAndSet(connection, expected, draft);
        } catch (SQLException failure) {
            throw SqlFailures.unavailable("the record could not be changed in its transaction", failure);
        }
    }

    @Override
    public Put putIfAbsent(StorageKey key, Draft draft) {
        throw changesOnly();
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        throw changesOnly();
    }

    @Override
    public int purge(int atMost) {
        throw changesOnly();
    }

    private static UnsupportedOperationException changesOnly() {
        return new UnsupportedOperationException("in a transaction that is under way, records are changed only");
    }
}
