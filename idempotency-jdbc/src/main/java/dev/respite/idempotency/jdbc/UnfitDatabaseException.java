package dev.respite.idempotency.jdbc;

import java.sql.SQLNonTransientException;

/** The database answers, and records cannot be kept there as it is: another kind of database, a setting, a table that is missing. */
final class UnfitDatabaseException extends SQLNonTransientException {

    private static final long serialVersionUID = 1;

    UnfitDatabaseException(String message) {
        super(message);
    }
}
