package dev.respite.idempotency;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where records are kept. It compares and writes, and decides nothing: what a record means is decided in one place, the
 * same for every store.
 *
 * <p>Each method is atomic for its record, and once it has returned what it wrote outlives whatever the store is said to
 * outlive; a new record that is only {@link State#STARTED} may be lost until something is written after it, as nothing has
 * been done under it. There is one clock, the store's own; no time of the caller's gets in. A record never goes away but by {@link
 * #purge}, or by an expiry of the store's that follows the same rule: {@link State#DONE} and {@link State#READY} only, and
 * only after {@code expiresAt}. A store that is full refuses new records; it never makes room by dropping one.
 *
 * <p>Everything may be sent again with the same owner after a {@link StoreUnavailableException}: whoever asks sees from the
 * answer whether the first was done.
 *
 * <p>Implementations are safe for use by any number of threads, and pass {@code IdempotencyStoreContract} of {@code
 * respite-test}.
 */
public interface IdempotencyStore {

    /**
     * Writes a record, if there is none of that name.
     *
     * <p>In the same atomic step, a draft whose terms do not {@linkplain Draft.Terms#admit admit} the store's time is not
     * written where there is no record. Nor is one whose key time is not later than that of a record that {@link #purge} has
     * removed: the clock may have been ahead then, and the record may be this key's. Keys without a time do not count.
     *
     * @param key the name of the record
     * @param draft what to write
     * @return what was written, or why nothing was
     * @throws StoreUnavailableException if the store did not answer; the record may have been written
     */
    Put putIfAbsent(StorageKey key, Draft draft);

    /**
     * Replaces a record, if it is as expected.
     *
     * <p>It need not wait for somebody who is just changing the record: that counts as not being as expected.
     *
     * @param expected what the record must be
     * @param draft what to write in its place
     * @return what was written, or what is there
     * @throws StoreUnavailableException if the store did not answer; the record may have been replaced
     */
    Swap compareAndSet(Expectation expected, Draft draft);

    /**
     * Reads a record.
     *
     * @param key the name of the record
     * @return the record, or nothing
     * @throws StoreUnavailableException if the store did not answer
     */
    Optional<IdempotencyRecord> find(StorageKey key);

    /**
     * Removes records that are {@link State#DONE} or {@link State#READY} and past their {@code expiresAt}, and no others. In the
     * same atomic step it raises the mark that {@link #putIfAbsent} compares new keys with, the greatest key time of all records
     * that were removed, if one of these has a greater one.
     *
     * <p>While another purge of the same records is at work, it may return at once and remove none.
     *
     * @param atMost how many to remove, 1 or more
     * @return how many were removed, the oldest first; always 0 for a store that does this by itself
     * @throws StoreUnavailableException if the store did not answer
     */
    int purge(int atMost);

    /**
     * Reads records that are in a state, for operators: {@link State#UNKNOWN} ones have to be resolved by somebody, by {@link
     * Claims#resolve}. It is no snapshot: a record that changes meanwhile may be in it or not.
     *
     * @param state the state
     * @param after where to go on: the name of the last record that was read; empty for the first ones
     * @param atMost how many to read, 1 or more
     * @return the records, in the order of their names' values
     * @throws StoreUnavailableException if the store did not answer
     * @throws UnsupportedOperationException if the store cannot list its records, as by default
     */
    default List<IdempotencyRecord> list(State state, Optional<StorageKey> after, int atMost) {
        throw new UnsupportedOperationException(getClass().getSimpleName()
                + " cannot list its records: it does not implement list(state, after, atMost)");
    }

    /**
     * Counts the records that are in a state.
     *
     * @param state the state
     * @return how many there are
     * @throws StoreUnavailableException if the store did not answer
     * @throws UnsupportedOperationException if the store cannot count its records, as by default
     */
    default long count(State state) {
        throw new UnsupportedOperationException(
                getClass().getSimpleName() + " cannot count its records: it does not implement count(state)");
    }

    /** What came of {@link #putIfAbsent}. */
    sealed interface Put permits Written, Found, NotAdmitted, Full {}

    /** What came of {@link #compareAndSet}. */
    sealed interface Swap permits Written, Refused {}

    /**
     * It was written.
     *
     * @param record the record as it is now
     */
    record Written(IdempotencyRecord record) implements Put, Swap {}

    /**
     * There is a record of that name already.
     *
     * @param record the record
     * @param storeNow the time by the store's clock
     */
    record Found(IdempotencyRecord record, Instant storeNow) implements Put {}

    /**
     * There is no such record, and none is made: its key is dated ahead of time, or too old.
     *
     * @param storeNow the time by the store's clock
     */
    record NotAdmitted(Instant storeNow) implements Put {}

    /** There is no such record, and no room for one: the scope has as many as it may, or the store has. */
    record Full() implements Put {}

    /**
     * The record is not as expected.
     *
     * @param current the record as it is, which may be as expected by now; empty if there is none
     * @param storeNow the time by the store's clock
     */
    record Refused(Optional<IdempotencyRecord> current, Instant storeNow) implements Swap {}
}
