package dev.respite.idempotency.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stores records. A store compares and writes; the decisions about records are made by {@link
 * dev.respite.idempotency.IdempotencyEngine}, the same for every store.
 *
 * <p>Each method is atomic for its record. Once it has returned, its write is as durable as the store promises. A new record
 * in {@link State#STARTED} is an exception: it may be lost until the next write, because no effect has begun under it. The
 * only clock is the store's own. A record disappears only through {@link #purge}, or through an expiry of the store that
 * follows the same rule: only in {@link State#DONE} and {@link State#READY}, and only after {@code expiresAt}. A full
 * store rejects new records; it never evicts one.
 *
 * <p>After a {@link StoreUnavailableException}, each call may be repeated with the same owner: the returned record shows
 * whether the first call was carried out.
 *
 * <p>Implementations are safe for use by any number of threads, and pass {@code IdempotencyStoreContract} of {@code
 * respite-idempotency-test}.
 */
public interface IdempotencyStore {

    /**
     * Writes a record if there is none with this name.
     *
     * <p>In the same atomic step, a new record is rejected if its terms do not {@linkplain RecordWrite.Terms#isAdmitted admit}
     * the store's time. It is also rejected if its key time is not later than the greatest key time that {@link #purge} has
     * removed: the clock may have been ahead then, and a removed record may have been the one of this key. Keys without a
     * time are exempt from both rules.
     *
     * @param key the name of the record
     * @param write the contents
     * @return the written record, or the reason for which none was written
     * @throws StoreUnavailableException if the store did not respond; the record may have been written
     */
    Put putIfAbsent(StorageKey key, RecordWrite write);

    /**
     * Replaces a record if it meets the precondition.
     *
     * <p>It need not wait for a concurrent change of the record: the record then counts as not meeting the precondition.
     *
     * @param expected the precondition
     * @param write the new contents
     * @return the written record, or the current record
     * @throws StoreUnavailableException if the store did not respond; the record may have been replaced
     */
    Swap compareAndSet(Precondition expected, RecordWrite write);

    /**
     * Reads a record.
     *
     * @param key the name of the record
     * @return the record, or empty if there is none
     * @throws StoreUnavailableException if the store did not respond
     */
    Optional<IdempotencyRecord> find(StorageKey key);

    /**
     * Removes records in {@link State#DONE} or {@link State#READY} that are past their {@code expiresAt}, and no others.
     * In the same atomic step it raises the purge mark to the greatest key time of the removed records, unless the mark is
     * greater already. {@link #putIfAbsent} compares new keys with the mark.
     *
     * <p>While another purge of the same records runs, it may return at once and remove none.
     *
     * @param atMost the maximum number of records to remove, 1 or more
     * @return how many were removed, the oldest first; always 0 for a store with its own expiry
     * @throws StoreUnavailableException if the store did not respond
     */
    int purge(int atMost);

    /**
     * Reads records in a state. Operators use it to find {@link State#UNKNOWN} records and resolve them with {@link
     * dev.respite.idempotency.IdempotencyEngine#resolve}. It is not a snapshot: a record that changes meanwhile may be listed or not.
     *
     * @param state the state
     * @param after the name of the last record of the previous page; empty for the first page
     * @param atMost the maximum number of records, 1 or more
     * @return the records, in the order of the values of their names
     * @throws StoreUnavailableException if the store did not respond
     * @throws UnsupportedOperationException if the store cannot list its records, which is the default
     */
    default List<IdempotencyRecord> list(State state, Optional<StorageKey> after, int atMost) {
        throw new UnsupportedOperationException(getClass().getSimpleName()
                + " cannot list its records: it does not implement list(state, after, atMost)");
    }

    /**
     * Counts the records in a state.
     *
     * @param state the state
     * @return the number of records
     * @throws StoreUnavailableException if the store did not respond
     * @throws UnsupportedOperationException if the store cannot count its records, which is the default
     */
    default long count(State state) {
        throw new UnsupportedOperationException(
                getClass().getSimpleName() + " cannot count its records: it does not implement count(state)");
    }

    /**
     * Estimates the number of all records, in a time that does not depend on it. For meters and warnings.
     *
     * @return the number of records, 0 or more; it may be minutes old
     * @throws StoreUnavailableException if the store did not respond
     * @throws UnsupportedOperationException if the store has no estimate, which is the default
     */
    default long estimatedCount() {
        throw new UnsupportedOperationException(
                getClass().getSimpleName() + " has no estimate: it does not implement estimatedCount()");
    }

    /** The result of {@link #putIfAbsent}. */
    sealed interface Put permits Written, Rejected, Full {}

    /** The result of {@link #compareAndSet}. */
    sealed interface Swap permits Written, Rejected {}

    /**
     * The record was written.
     *
     * @param record the current record
     */
    record Written(IdempotencyRecord record) implements Put, Swap {}

    /** There is no such record and none was written: the scope or the store has reached its maximum. */
    record Full() implements Put {}

    /**
     * Nothing was written. In {@link #putIfAbsent} there is a record with this name already; or there is none, and the key is
     * too old or its time is in the future. In {@link #compareAndSet} the record does not meet the precondition.
     *
     * @param current the current record, which may meet the precondition by now; empty if there is none
     * @param storeNow the time of the store's clock
     */
    record Rejected(Optional<IdempotencyRecord> current, Instant storeNow) implements Put, Swap {}
}
