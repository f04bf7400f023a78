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
 * A store that changes records in a transaction which is under way, and does nothing else.
 *
 * @param change makes a change
 */
record RecordsOn(Change change) implements IdempotencyStore {

    /** Makes a change on a connection. */
    @FunctionalInterface
    interface Change {
        Swap make(Expectation expected, Draft draft) throws SQLException;
    }

    static RecordsOn connection(Connection connection, Records records) {
        return new RecordsOn((expected, draft) -> records.compareAndSet(connection, expected, draft));
    }

    @Override
    public Swap compareAndSet(Expectation expected, Draft draft) {
        try {
            return change.make(expected, draft);
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
