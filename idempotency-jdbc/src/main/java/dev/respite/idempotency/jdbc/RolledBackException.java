package dev.respite.idempotency.jdbc;

/**
 * The database has refused what the work had done, after the work had ended: a deferred constraint, say. All of it is rolled
 * back, and the key may be sent again.
 */
public final class RolledBackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RolledBackException(String message, Throwable cause) {
        super(message, cause);
    }
}
