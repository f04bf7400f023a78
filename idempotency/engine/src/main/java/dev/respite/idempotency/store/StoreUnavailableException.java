package dev.respite.idempotency.store;

/**
 * Thrown when a store cannot be reached or does not respond. It is unknown whether the store has carried out the operation;
 * every operation of a store may be repeated.
 *
 * <p>If {@link dev.respite.idempotency.Idempotency#execute} throws it, the work had no effect, and the same key may be sent again.
 */
public final class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message the operation and what went wrong
     * @param cause the exception of the store's client
     */
    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
