package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.StorageKey;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A store that changes records in an open transaction. It supports {@link #compareAndSet} only.
 *
 * @param change makes a change
 */
record TransactionBoundStore(Change change) implements IdempotencyStore {

    /** Makes a change on a connection. */
    @FunctionalInterface
    interface Change {
        Swap make(Precondition expected, RecordWrite write) throws SQLException;
    }

    @Override
    public Swap compareAndSet(Precondition expected, RecordWrite write) {
        try {
            return change.make(expected, write);
        } catch (SQLException failure) {
            throw SqlFailures.unavailable("the record could not be changed in its transaction", failure);
        }
    }

    @Override
    public Put putIfAbsent(StorageKey key, RecordWrite write) {
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
        return new UnsupportedOperationException("only compareAndSet is supported in an open transaction");
    }
}
