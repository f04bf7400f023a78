package dev.respite.failure;

import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * JDBC, and the exceptions that Spring translates to. Drivers whose SQLStates state too little have rows by their vendor codes:
 * SQLite's by its result codes, SQL Server's by its numbers of errors and the transient ones that Azure documents.
 */
final class DatabaseRows {

    static final List<Row> ROWS = List.of(
            sql("java.sql.SQLException", List::of),
            sql("java.sql.SQLTransientException", DatabaseRows::byStateOrClass),
            sql("java.sql.SQLRecoverableException", DatabaseRows::byStateOrClass),
            sql("java.sql.SQLTimeoutException", state -> List.of(Condition.TIMEOUT, state)),
            byCode("org.sqlite.SQLiteException", DatabaseRows::ofSqlite),
            byCode("com.microsoft.sqlserver.jdbc.SQLServerException", DatabaseRows::ofSqlServer),
            Row.of("org.springframework.dao.TransientDataAccessException", DatabaseRows::byRollbackOrClass),
            Row.of("org.springframework.dao.TransientDataAccessResourceException", DatabaseRows::byCauseOrClass),
            Row.of("org.springframework.dao.RecoverableDataAccessException", DatabaseRows::byCauseOrClass),
            Row.of("org.springframework.dao.QueryTimeoutException", DatabaseRows::byCauseOrTimeout),
            new Row(
                    "org.springframework.transaction.TransactionSystemException",
                    List.of("getApplicationException"),
                    (failure, accessors) -> ofApplication(Row.throwable(accessors[0], failure))));

    private DatabaseRows() {}

    /**
     * The failure of a rollback replaces the failure of the work, for which it does not matter; what the rollback's own cause
     * states is left out.
     */
    private static List<FailureFact> ofApplication(@Nullable Throwable application) {
        if (application == null) {
            return List.of();
        }
        List<FailureFact> facts = new ArrayList<>(FactReader.readChain(application));
        facts.add(Condition.PERMANENT);
        return facts;
    }

    /** MariaDB's driver throws a transient exception for every SQLState that it does not know. */
    private static List<FailureFact> byStateOrClass(SqlState state) {
        return state.isPresent() ? List.of(state) : List.of(Condition.DATABASE_TRANSIENT, state);
    }

    /** SQLITE_BUSY and SQLITE_LOCKED; the driver has removed the extension of the code. */
    private static @Nullable Condition ofSqlite(int code) {
        return code == 5 || code == 6 ? Condition.DATABASE_TRANSIENT : null;
    }

    private static @Nullable Condition ofSqlServer(int code) {
        return switch (code) {
            // A deadlock, a lock timeout, a conflict of snapshots; a database that moves or is not available yet.
            case 1205, 1222, 3960, 4221, 40197, 40613 -> Condition.DATABASE_TRANSIENT;
            // The server or the database is busy.
            case 10928, 10929, 40501, 49918, 49919, 49920 -> Condition.THROTTLED;
            default -> null;
        };
    }

    /** Spring translates the class of the driver's exception, which counts only without an SQLState. */
    private static List<FailureFact> byCauseOrClass(Throwable failure) {
        return causeHas(failure, fact -> fact instanceof SqlState state && state.isPresent())
                ? List.of()
                : List.of(Condition.DATABASE_TRANSIENT);
    }

    /** Spring takes each state of these two classes for a failed lock; 61 is Oracle's. */
    private static List<FailureFact> byRollbackOrClass(Throwable failure) {
        return causeHas(
                        failure,
                        fact -> fact instanceof SqlState sql
                                && (sql.state().startsWith("40") || sql.state().startsWith("61")))
                ? List.of()
                : List.of(Condition.DATABASE_TRANSIENT);
    }

    /** Spring takes 57014 for a timeout, which PostgreSQL has for a statement that its user cancelled too. */
    private static List<FailureFact> byCauseOrTimeout(Throwable failure) {
        boolean isCancelled = causeHas(
                failure, fact -> fact instanceof SqlState sql && sql.state().equals("57014"));
        return isCancelled && !causeHas(failure, Condition.TIMEOUT::equals) ? List.of() : List.of(Condition.TIMEOUT);
    }

    private static boolean causeHas(Throwable failure, Predicate<FailureFact> wanted) {
        return failure.getCause() != null
                && FactReader.readChain(failure.getCause()).stream().anyMatch(wanted);
    }

    /** The state and the code, after what the code means. */
    private static Row byCode(String type, IntFunction<@Nullable Condition> meaning) {
        return sql(type, state -> {
            @Nullable Condition condition = meaning.apply(state.vendorCode());
            return condition == null ? List.of(state) : List.of(condition, state);
        });
    }

    private static Row sql(String type, Function<SqlState, List<FailureFact>> facts) {
        return new Row(
                type,
                List.of("getSQLState", "getErrorCode"),
                (failure, accessors) ->
                        facts.apply(new SqlState(Row.text(accessors[0], failure), Row.number(accessors[1], failure))));
    }
}
