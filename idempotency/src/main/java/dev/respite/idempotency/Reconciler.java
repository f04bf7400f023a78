package dev.respite.idempotency;

/**
 * Finds out from the resource whether a thing was done.
 *
 * <p>It is asked on the thread of whoever asks for the key, possibly by several at once. One that throws has found out
 * nothing.
 */
@FunctionalInterface
public interface Reconciler {

    /**
     * Asks the resource.
     *
     * @param unknown the record; its key is what {@link Execution#key()} was when the effect began
     * @return what it says
     * @throws Exception if it cannot be asked
     */
    Resolution ask(IdempotencyRecord unknown) throws Exception;
}
