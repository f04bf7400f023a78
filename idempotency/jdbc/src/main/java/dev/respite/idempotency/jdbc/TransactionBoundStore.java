package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.StorageKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** A store on one connection, in a transaction that the caller ends. It cannot purge. */
record TransactionBoundStore(Connection connection, RecordQueries records, Change change) implements IdempotencyStore {

    /** Replaces a record that meets a precondition. */
    @FunctionalInterface
    interface Change {
        Swap make(Precondition expected, RecordWrite write) throws SQLException;
    }

    /** A query on the connection. */
    @FunctionalInterface
    private interface Query<T> {
        T run() throws SQLException;
    }

    static TransactionBoundStore of(Connection connection, RecordQueries records) {
        return new TransactionBoundStore(
                connection, records, (expected, write) -> records.compareAndSet(connection, expected, write));
    }

    @Override
    public Put putIfAbsent(StorageKey key, RecordWrite write) {
        return translated(() -> records.putIfAbsent(connection, key, write));
    }

    @Override
    public Swap compareAndSet(Precondition expected, RecordWrite write) {
        return translated(() -> change.make(expected, write));
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return translated(() -> records.find(connection, key));
    }

    @Override
    public int purge(int atMost) {
        throw new UnsupportedOperationException("purge is not supported in an open transaction");
    }

    private static <T> T translated(Query<T> query) {
        try {
            return query.run();
        } catch (SQLException failure) {
            throw SqlFailures.unavailable("the record could not be changed in its transaction", failure);
        }
    }
}
