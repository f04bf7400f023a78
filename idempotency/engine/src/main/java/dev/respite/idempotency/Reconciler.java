package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;

/**
 * Finds out from a resource whether an effect took place.
 *
 * <p>It runs on the thread of a call with the key, possibly of several calls at once. If it throws an exception, the record
 * stays unknown.
 */
@FunctionalInterface
public interface Reconciler {

    /**
     * Queries the resource.
     *
     * @param unknown the record; its key is the one that {@link Execution#key()} returned when the effect began
     * @return what the resource shows
     * @throws Exception if the resource cannot be queried
     */
    Resolution reconcile(IdempotencyRecord unknown) throws Exception;
}
