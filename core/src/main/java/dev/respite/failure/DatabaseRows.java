package dev.respite.failure;

import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JDBC, and the exceptions that Spring translates to. */
final class DatabaseRows {

    static final List<Row> ROWS = List.of(
            sql("java.sql.SQLException"),
            sql("java.sql.SQLTransientException", Condition.DATABASE_TRANSIENT),
            sql("java.sql.SQLRecoverableException", Condition.DATABASE_TRANSIENT),
            sql("java.sql.SQLTimeoutException", Condition.TIMEOUT),
            Row.of("org.springframework.dao.TransientDataAccessException", Condition.DATABASE_TRANSIENT),
            Row.of("org.springframework.dao.RecoverableDataAccessException", Condition.DATABASE_TRANSIENT),
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

    private static Row sql(String type, Condition... conditions) {
        List<FailureFact> byClass = List.of(conditions);
        return new Row(type, List.of("getSQLState", "getErrorCode"), (failure, accessors) -> {
            FailureFact state = new SqlState(Row.text(accessors[0], failure), Row.number(accessors[1], failure));
            return byClass.isEmpty() ? List.of(state) : List.of(byClass.get(0), state);
        });
    }
}
