package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.StoreUnavailableException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Optional;
import java.util.Set;

/** What failures of a database mean. */
final class SqlFailures {

    /** A failure wrapped more often than that is not looked into further. */
    private static final int DEEPEST = 20;

    /** Deadlock, serialization, lock not available; the server goes down or comes up; H2: connection broken, closed. */
    private static final Set<String> PASSING =
            Set.of("40001", "40P01", "55P03", "57P01", "57P02", "57P03", "57P05", "90131", "90067", "90098", "90121");

    /** MariaDB has no states of their own for these: a lock not available, a row or table changed since it was first seen. */
    private static final Set<Integer> PASSING_IN_MARIADB = Set.of(1205, 1020, 1412);

    /** MariaDB's connection was killed; the state is that of a cancelled query. */
    private static final int CONNECTION_KILLED = 1927;

    private static final String DUPLICATE_KEY = "23505";

    /** A lock not available, a deadlock, a duplicate key. */
    private static final Set<Integer> MET_ANOTHER_IN_MARIADB = Set.of(1205, 1213, 1062);

    private static final String GENERAL = "HY000";
    private static final Set<String> QUERY_CANCELLED = Set.of("57014", "70100");
    private static final String IDLE_IN_TRANSACTION = "25P03";
    private static final String ALREADY_FAILED = "25P02";
    private static final Set<String> NO_TABLE = Set.of("42P01", "42S02", "42S03", "42S04", "90036");

    private SqlFailures() {}

    /**
     * Whether the same work may succeed in another transaction: it met another transaction, or lost its connection. Not a
     * statement that took too long, nor work that left its transaction idle for too long (25P03): it would do so again.
     */
    static boolean mayPass(Throwable failure) {
        if (failure instanceof Error || OutcomeUnknownException.isIn(failure)) {
            return false;
        }
        return sqlFailure(failure).filter(SqlFailures::isPassing).isPresent();
    }

    private static boolean isPassing(SQLException failure) {
        String state = stateOf(failure);
        boolean killed = failure.getErrorCode() == CONNECTION_KILLED;
        if ((QUERY_CANCELLED.contains(state) && !killed) || state.equals(IDLE_IN_TRANSACTION)) {
            return false;
        }
        return failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || state.startsWith("08")
                || PASSING.contains(state)
                || (state.equals(GENERAL) && PASSING_IN_MARIADB.contains(failure.getErrorCode()))
                || killed;
    }

    /** Whether a single statement has met somebody else's, who may just have made the same record, and may be sent again at once. */
    static boolean isMetAnother(SQLException failure) {
        return stateOf(failure).equals(DUPLICATE_KEY) || MET_ANOTHER_IN_MARIADB.contains(failure.getErrorCode());
    }

    /** Whether the database has judged the data, and would say the same again. */
    static boolean isForGood(Throwable failure) {
        return sqlFailure(failure)
                .map(SqlFailures::stateOf)
                .filter(state -> state.startsWith("22")
                        || state.startsWith("23")
                        || state.startsWith("44")
                        || state.startsWith("P0"))
                .isPresent();
    }

    /** Whether a statement was refused because one before it in the transaction had failed. */
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

    private static Optional<SQLException> sqlFailure(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < DEEPEST; depth++) {
            if (at instanceof SQLException found) {
                return Optional.of(found);
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
