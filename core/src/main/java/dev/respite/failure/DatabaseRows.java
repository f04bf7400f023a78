package dev.respite.failure;

import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.SqlState;
import java.util.List;

/** JDBC, and the exceptions that Spring translates to. */
final class DatabaseRows {

    static final List<Row> ROWS = List.of(
            sql("java.sql.SQLException"),
            sql("java.sql.SQLTransientException", Condition.DATABASE_TRANSIENT),
            sql("java.sql.SQLRecoverableException", Condition.DATABASE_TRANSIENT),
            sql("java.sql.SQLTimeoutException", Condition.TIMEOUT),
            Row.of("org.springframework.dao.TransientDataAccessException", Condition.DATABASE_TRANSIENT),
            Row.of("org.springframework.dao.RecoverableDataAccessException", Condition.DATABASE_TRANSIENT),
            Row.of("org.springframework.dao.QueryTimeoutException", Condition.TIMEOUT));

    private DatabaseRows() {}

    private static Row sql(String type, Condition... conditions) {
        List<FailureFact> byClass = List.of(conditions);
        return new Row(type, List.of("getSQLState", "getErrorCode"), (failure, accessors) -> {
            FailureFact state = new SqlState(Row.text(accessors[0], failure), Row.number(accessors[1], failure));
            return byClass.isEmpty() ? List.of(state) : List.of(byClass.get(0), state);
        });
    }
}
