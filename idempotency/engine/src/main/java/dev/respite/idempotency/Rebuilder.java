package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.StoredResponse;

/** Rebuilds a response whose body was not stored, from the effect itself. */
@FunctionalInterface
public interface Rebuilder {

    /**
     * Rebuilds the response.
     *
     * @param done the record; its response has an {@link StoredResponse#effectRef() effectRef} if the work provided one
     * @return the response, including its body
     * @throws Exception if the response cannot be built; the caller then gets the response without its body
     */
    StoredResponse rebuild(IdempotencyRecord done) throws Exception;
}
