package dev.respite.idempotency.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the transaction was rolled back after the work had returned successfully. The work had no effect, and the key
 * may be sent again.
 *
 * <ul>
 *   <li>The database has rejected the commit, for example by a deferred constraint.
 *   <li>Code within the work has marked the transaction for rollback.
 *   <li>The response is too long, and {@link TransactionalIdempotency#withLongResponsesRejected} is set.
 * </ul>
 */
public final class RolledBackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RolledBackException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
