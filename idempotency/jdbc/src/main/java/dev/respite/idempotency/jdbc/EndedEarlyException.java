package dev.respite.idempotency.jdbc;

/**
 * Thrown when the connection is no longer in the transaction of the work. A statement of the work has ended it; or the
 * database has rolled it back, and the work has continued. The commits since then are unknown.
 */
final class EndedEarlyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EndedEarlyException() {
        super(
                "the transaction of the work ended before the work did: a statement has ended it, or the database has rolled it"
                        + " back and the work has continued. Rethrow such failures, and leave the commit to Respite");
    }
}
