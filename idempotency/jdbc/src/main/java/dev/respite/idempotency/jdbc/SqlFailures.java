package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import java.util.Set;

/** Classifies the failures of a database. */
final class SqlFailures {

    /** The maximum number of causes that are examined. */
    private static final int MAX_DEPTH = 20;

    /**
     * Deadlock, serialization failure, lock not available; server shutting down or starting; H2: lock timeout, connection
     * broken or closed.
     */
    private static final Set<String> TRANSIENT = Set.of(
            "40001", "40P01", "55P03", "57P01", "57P02", "57P03", "57P05", "HYT00", "90131", "90067", "90098", "90121");

    /** Statement completion unknown, transaction resolution unknown: a repetition might be a second effect. */
    private static final Set<String> RESULT_UNKNOWN = Set.of("40003", "08007");

    /**
     * Error codes without an SQLState of their own: a lock not available, a row or table that changed since it was first
     * read.
     */
    private static final Set<Integer> TRANSIENT_IN_MARIADB = Set.of(1205, 1020, 1412);

    /** The error code of a killed MariaDB connection; its SQLState is the same as for a cancelled query. */
    private static final int CONNECTION_KILLED = 1927;

    private static final String DUPLICATE_KEY = "23505";

    /** A lock not available, a deadlock, a duplicate key. */
    private static final Set<Integer> CONCURRENT_CLAIM_IN_MARIADB = Set.of(1205, 1213, 1062);

    private static final int DUPLICATE_KEY_IN_MARIADB = 1062;

    /** PostgreSQL, H2. */
    private static final Set<String> LOCK_TIMEOUT = Set.of("55P03", "HYT00");

    private static final int LOCK_TIMEOUT_IN_MARIADB = 1205;

    private static final String GENERAL = "HY000";
    private static final String ALREADY_FAILED = "25P02";
    private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S03", "42S04", "90036");

    /** PostgreSQL, H2. */
    private static final Set<String> DENIED = Set.of("42501", "90096");

    /** A privilege on a database, a table or a column is missing. */
    private static final Set<Integer> DENIED_IN_MARIADB = Set.of(1044, 1142, 1143);

    private SqlFailures() {}

    /**
     * Returns whether the same work may succeed in another transaction: it conflicted with another transaction, or lost its
     * connection. A statement timeout and a transaction that was idle for too long (25P03) are not transient: they would
     * occur again.
     */
    static boolean isTransient(Throwable failure) {
        if (failure instanceof Error || OutcomeUnknownException.isIn(failure)) {
            return false;
        }
        return sqlFailure(failure).filter(SqlFailures::isTransient).isPresent();
    }

    /**
     * The class counts only without an SQLState and a code, as in the timeout of a pool. MariaDB's driver throws a transient
     * exception for every SQLState that it does not know.
     */
    private static boolean isTransient(SQLException failure) {
        String state = stateOf(failure);
        int code = failure.getErrorCode();
        if (state.isEmpty() && code == 0) {
            return failure instanceof SQLTransientException || failure instanceof SQLRecoverableException;
        }
        if (RESULT_UNKNOWN.contains(state)) {
            return false;
        }
        return state.startsWith("08")
                || TRANSIENT.contains(state)
                || (state.equals(GENERAL) && TRANSIENT_IN_MARIADB.contains(code))
                || code == CONNECTION_KILLED;
    }

    /**
     * Returns whether a statement conflicted with another one, which may just have created the same record. It may be
     * repeated at once.
     */
    static boolean isConcurrentClaim(SQLException failure) {
        return stateOf(failure).equals(DUPLICATE_KEY) || CONCURRENT_CLAIM_IN_MARIADB.contains(failure.getErrorCode());
    }

    /** Returns whether a record exists already, which was written in the meantime. */
    static boolean isDuplicateKey(SQLException failure) {
        return stateOf(failure).equals(DUPLICATE_KEY) || failure.getErrorCode() == DUPLICATE_KEY_IN_MARIADB;
    }

    /** Returns whether another transaction has held a lock for too long. */
    static boolean isLockTimeout(SQLException failure) {
        return LOCK_TIMEOUT.contains(stateOf(failure)) || failure.getErrorCode() == LOCK_TIMEOUT_IN_MARIADB;
    }

    /** Returns whether a table does not exist or the user has no right to it. A repetition would fail too. */
    static boolean isInaccessible(Throwable failure) {
        return sqlFailure(failure)
                .filter(found -> NO_TABLE.contains(stateOf(found)) || isDenied(found))
                .isPresent();
    }

    /** Returns whether the user lacks a privilege. */
    static boolean isDenied(SQLException failure) {
        return DENIED.contains(stateOf(failure)) || DENIED_IN_MARIADB.contains(failure.getErrorCode());
    }

    /** Returns whether the database has rejected a statement or its data, and would reject it again. */
    static boolean isPermanent(Throwable failure) {
        return sqlFailure(failure)
                .map(SqlFailures::stateOf)
                .filter(state -> state.startsWith("22")
                        || state.startsWith("23")
                        || state.startsWith("42")
                        || state.startsWith("44")
                        || state.startsWith("P0"))
                .isPresent();
    }

    /** Returns whether a statement was rejected because an earlier one in the transaction had failed. */
    static boolean isAfterFailure(Throwable failure) {
        return sqlFailure(failure)
                .filter(found -> stateOf(found).equals(ALREADY_FAILED))
                .isPresent();
    }

    static StoreUnavailableException unavailable(String what, Exception failure) {
        String hint = sqlFailure(failure)
                .filter(found -> NO_TABLE.contains(stateOf(found)))
                .map(found ->
                        "; run the SQL in db/respite of respite-idempotency-jdbc first, in the folder of your database")
                .orElse("");
        return new StoreUnavailableException(what + ": " + failure.getMessage() + hint, failure);
    }

    /** Returns whether a store has failed: in an exception of the work, the one of another call. */
    static boolean isUnavailable(Throwable failure) {
        return first(failure, StoreUnavailableException.class).isPresent();
    }

    private static Optional<SQLException> sqlFailure(Throwable failure) {
        return first(failure, SQLException.class);
    }

    private static <E extends Throwable> Optional<E> first(Throwable failure, Class<E> type) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
            if (type.isInstance(at)) {
                return Optional.of(type.cast(at));
            }
            at = at.getCause();
        }
        return Optional.empty();
    }

    private static String stateOf(SQLException failure) {
        String state = failure.getSQLState();
        return state == null ? "" : state;
    }
}
