package dev.respite.idempotency.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * What the work had done was refused after the work had ended as if it were done: by the database, for a deferred constraint,
 * say; or by code within it that had marked the transaction to be rolled back. All of it is rolled back, and the key may be
 * sent again.
 */
public final class RolledBackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RolledBackException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
