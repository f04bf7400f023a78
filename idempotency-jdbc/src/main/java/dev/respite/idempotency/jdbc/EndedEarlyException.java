package dev.respite.idempotency.jdbc;

/**
 * The connection is no longer in the transaction that the work was given: a statement has ended it, or the database has rolled it
 * back and the work has gone on. It is not known what was committed since.
 */
final class EndedEarlyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EndedEarlyException() {
        super(
                "the transaction that the work was given had ended before the work did: a statement has ended it, or the database"
                        + " has rolled it back and the work has gone on. Let such failures through, and let Respite commit");
    }
}
