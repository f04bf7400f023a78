package dev.respite.idempotency;

/** Makes a response again whose body was not kept: from the effect itself, which is there. */
@FunctionalInterface
public interface Rebuilder {

    /**
     * Makes the response.
     *
     * @param done the record; its response has an {@link StoredResponse#effectRef() effectRef} if the work gave one
     * @return the response, its body included
     * @throws Exception if it cannot be made; whoever asks is then told that the body was not kept
     */
    StoredResponse rebuild(IdempotencyRecord done) throws Exception;
}
