package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.util.Optional;

/** An event in the life of a key, with the values for reporting it. Keys occur as hashes only. */
public sealed interface IdempotencyEvent
        permits IdempotencyEvent.Answered,
                IdempotencyEvent.Failed,
                IdempotencyEvent.TookOver,
                IdempotencyEvent.BecameUnknown,
                IdempotencyEvent.Resolved,
                IdempotencyEvent.LostOwnership,
                IdempotencyEvent.StoreFailed,
                IdempotencyEvent.CallbackFailed {

    /**
     * Returns the name of the {@link IdempotencyEngine} that published the event.
     *
     * @return the name
     */
    String name();

    /**
     * Returns the name of the record that the event concerns.
     *
     * @return the name of the record
     */
    StorageKey key();

    /**
     * A call has got its result. Each call publishes this event once, unless it ends with an exception.
     *
     * @param name the name of the engine
     * @param key the name of the record
     * @param result the result of the call
     */
    record Answered(String name, StorageKey key, IdempotentResult result) implements IdempotencyEvent {}

    /**
     * The work has thrown an exception.
     *
     * @param name the name of the engine
     * @param key the name of the record
     * @param error the exception
     */
    record Failed(String name, StorageKey key, Throwable error) implements IdempotencyEvent {}

    /**
     * A call has taken over a record whose owner did not finish.
     *
     * @param name the name of the engine
     * @param key the name of the record
     * @param record the current record
     */
    record TookOver(String name, StorageKey key, IdempotencyRecord record) implements IdempotencyEvent {}

    /**
     * It has become unknown whether the effect took place. Find out and {@linkplain IdempotencyEngine#resolve resolve} the
     * record.
     *
     * @param name the name of the engine
     * @param key the name of the record
     * @param ownerToken the last owner
     */
    record BecameUnknown(String name, StorageKey key, OwnerToken ownerToken) implements IdempotencyEvent {}

    /**
     * An unknown record was resolved.
     *
     * @param name the name of the engine
     * @param key the name of the record
     * @param record the current record
     */
    record Resolved(String name, StorageKey key, IdempotencyRecord record) implements IdempotencyEvent {}

    /**
     * An owner could not change its record, because another call had taken it over. If effect and record are not in one
     * transaction, treat this as an alarm: the effect may have taken place twice, or the store has lost the record.
     *
     * @param name the name of the engine
     * @param key the name of the record
     * @param rolledBack whether the effect of this owner was rolled back
     * @param current the current record; empty if it is gone or could not be read
     */
    record LostOwnership(String name, StorageKey key, boolean rolledBack, Optional<IdempotencyRecord> current)
            implements IdempotencyEvent {}

    /**
     * The store did not respond.
     *
     * @param name the name of the engine
     * @param key the name of the record
     * @param error the exception
     */
    record StoreFailed(String name, StorageKey key, StoreUnavailableException error) implements IdempotencyEvent {}

    /**
     * A reconciler or rebuilder has thrown an exception.
     *
     * @param name the name of the engine
     * @param key the name of the record
     * @param callback {@code reconciler} or {@code rebuilder}
     * @param error the exception
     */
    record CallbackFailed(String name, StorageKey key, String callback, Throwable error) implements IdempotencyEvent {}
}
