package dev.respite.idempotency.jdbc;

import java.sql.SQLNonTransientException;

/**
 * Thrown when the database is reachable but cannot store records: it is not supported, has an unsuitable setting, or lacks a
 * table.
 */
final class UnfitDatabaseException extends SQLNonTransientException {

    private static final long serialVersionUID = 1;

    UnfitDatabaseException(String message) {
        super(message);
    }
}
