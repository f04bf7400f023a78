package dev.respite.failure;

import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** JDBC, and the exceptions that Spring translates to. */
final class DatabaseRows {

    static final List<Row> ROWS = List.of(
            sql("java.sql.SQLException", List::of),
            sql("java.sql.SQLTransientException", DatabaseRows::byStateOrClass),
            sql("java.sql.SQLRecoverableException", DatabaseRows::byStateOrClass),
            sql("java.sql.SQLTimeoutException", state -> List.of(Condition.TIMEOUT, state)),
            Row.of("org.springframework.dao.TransientDataAccessException", Condition.DATABASE_TRANSIENT),
            Row.of("org.springframework.dao.TransientDataAccessResourceException", DatabaseRows::byCauseOrClass),
            Row.of("org.springframework.dao.RecoverableDataAccessException", DatabaseRows::byCauseOrClass),
            Row.of("org.springframework.dao.QueryTimeoutException", Condition.TIMEOUT),
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

    /** Spring translates the class of the driver's exception, which counts only without an SQLState. */
    private static List<FailureFact> byCauseOrClass(Throwable failure) {
        boolean hasState = failure.getCause() != null
                && FactReader.readChain(failure.getCause()).stream()
                        .anyMatch(fact -> fact instanceof SqlState state && state.isPresent());
        return hasState ? List.of() : List.of(Condition.DATABASE_TRANSIENT);
    }

    private static Row sql(String type, Function<SqlState, List<FailureFact>> facts) {
        return new Row(
                type,
                List.of("getSQLState", "getErrorCode"),
                (failure, accessors) ->
                        facts.apply(new SqlState(Row.text(accessors[0], failure), Row.number(accessors[1], failure))));
    }
}
