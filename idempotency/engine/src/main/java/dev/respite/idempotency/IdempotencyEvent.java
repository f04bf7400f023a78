package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.StorageKey;
import java.util.Optional;

/**
 * An event in the life of a key. Keys occur as hashes only. Each call publishes one event of the kind of its result, unless it
 * ends with an exception.
 *
 * @param name the name of the {@link IdempotencyEngine} that published the event
 * @param key the name of the record that the event concerns
 * @param kind the kind of the event
 * @param record the current record if a call took it over or resolved it, or if it became unknown or its owner lost it; empty
 *     otherwise
 * @param error the exception of the work, of the store or of a callback; empty for other kinds
 */
public record IdempotencyEvent(
        String name,
        StorageKey key,
        IdempotencyCounts.Kind kind,
        Optional<IdempotencyRecord> record,
        Optional<Throwable> error) {}
