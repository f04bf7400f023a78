package dev.respite.idempotency;

/**
 * A store could not be reached, or did not answer. Whether it has done what it was asked is not known; all that a store can
 * be asked may be asked again.
 *
 * <p>Thrown by {@link Idempotency#execute}, it says that nothing was done, and that the same key may be sent again.
 */
public final class StoreUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what was asked and what went wrong
     * @param cause what the store's client threw
     */
    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
