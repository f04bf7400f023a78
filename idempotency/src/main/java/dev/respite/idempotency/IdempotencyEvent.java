package dev.respite.idempotency;

import java.util.Optional;

/** Something that happened to a key, with the values that are needed to report it. Keys are in it as hashes only. */
public sealed interface IdempotencyEvent
        permits IdempotencyEvent.Answered,
                IdempotencyEvent.Failed,
                IdempotencyEvent.TookOver,
                IdempotencyEvent.BecameUnknown,
                IdempotencyEvent.Resolved,
                IdempotencyEvent.LostOwnership,
                IdempotencyEvent.StoreFailed,
                IdempotencyEvent.PartFailed {

    /**
     * The name of the {@link Claims} that it happened in.
     *
     * @return the name
     */
    String name();

    /**
     * The record that it happened to.
     *
     * @return the name of the record
     */
    StorageKey key();

    /**
     * Somebody was told something. Each call is answered once, unless it ends with an exception.
     *
     * @param name the name of the claims
     * @param key the name of the record
     * @param answer what it was told
     */
    record Answered(String name, StorageKey key, Answer answer) implements IdempotencyEvent {}

    /**
     * The work has thrown.
     *
     * @param name the name of the claims
     * @param key the name of the record
     * @param error what it threw
     */
    record Failed(String name, StorageKey key, Throwable error) implements IdempotencyEvent {}

    /**
     * A record has another owner: the one before it did not finish.
     *
     * @param name the name of the claims
     * @param key the name of the record
     * @param record the record as it is now
     */
    record TookOver(String name, StorageKey key, IdempotencyRecord record) implements IdempotencyEvent {}

    /**
     * Nobody knows any more whether it was done. Somebody should find out and {@linkplain Claims#resolve resolve} it.
     *
     * @param name the name of the claims
     * @param key the name of the record
     * @param ownership who was at it
     */
    record BecameUnknown(String name, StorageKey key, Ownership ownership) implements IdempotencyEvent {}

    /**
     * It was found out whether it was done.
     *
     * @param name the name of the claims
     * @param key the name of the record
     * @param record the record as it is now
     */
    record Resolved(String name, StorageKey key, IdempotencyRecord record) implements IdempotencyEvent {}

    /**
     * An owner came too late to write what it had to. If effect and record are not in one transaction, this is an alarm: the
     * effect may have happened twice, or the store has lost the record.
     *
     * @param name the name of the claims
     * @param key the name of the record
     * @param rolledBack whether nothing of what it did remains
     * @param current the record as it is; empty if it is gone, or could not be read
     */
    record LostOwnership(String name, StorageKey key, boolean rolledBack, Optional<IdempotencyRecord> current)
            implements IdempotencyEvent {}

    /**
     * The store did not answer.
     *
     * @param name the name of the claims
     * @param key the name of the record
     * @param error what it threw
     */
    record StoreFailed(String name, StorageKey key, StoreUnavailableException error) implements IdempotencyEvent {}

    /**
     * A part that was given to Respite has thrown: a reconciler or a rebuilder.
     *
     * @param name the name of the claims
     * @param key the name of the record
     * @param part which part
     * @param error what it threw
     */
    record PartFailed(String name, StorageKey key, String part, Throwable error) implements IdempotencyEvent {}
}
