package dev.respite.jdbc.transaction;

import java.io.Serial;
import java.sql.SQLNonTransientException;

/** Thrown when a connection of the application must not be used, or cannot be used as it is configured. */
final class UnfitConnectionException extends SQLNonTransientException {

    @Serial
    private static final long serialVersionUID = 1L;

    UnfitConnectionException(String message) {
        super(message);
    }
}
