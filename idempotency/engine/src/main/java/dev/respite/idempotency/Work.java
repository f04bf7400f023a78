package dev.respite.idempotency;

import dev.respite.idempotency.store.StoredResponse;

/**
 * The work that runs once for each key.
 *
 * @param <C> the context: a connection whose transaction contains the record, or an {@link Execution}
 * @param <X> the checked exception that the work throws; {@link RuntimeException} if it throws none
 */
@FunctionalInterface
public interface Work<C, X extends Exception> {

    /**
     * Runs the work.
     *
     * @param context the context
     * @return the response for this caller and for later callers with the same key
     * @throws X if the work fails
     */
    StoredResponse run(C context) throws X;
}
