package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The statements of db-scheduler that read rows. They select the data of a call only when it is picked. A poll reads only calls of
 * the tasks that this instance runs, so rows of other tasks do not lengthen it.
 */
final class SchedulerStatements {

    private static final String ALL = "select * from ";

    private static final String COLUMNS =
            "task_name, task_instance, task_data, execution_time, picked, picked_by, last_success, last_failure,"
                    + " consecutive_failures, last_heartbeat, version, NULL AS call_data";

    private final DurableDialect dialect;
    private final String table;
    private final Set<String> known;

    /**
     * Creates the statements.
     *
     * @param known the names of the tasks that this instance runs
     */
    SchedulerStatements(CallDatabase database, Set<String> known) {
        this.dialect = database.dialect();
        this.table = database.tables().tasks();
        // Without tasks no row is found: no task has an empty name.
        this.known = new TreeSet<>(known.isEmpty() ? Set.of("") : known);
    }

    /** Returns the customization of the database with these statements. */
    JdbcCustomization customization() {
        JdbcCustomization target = dialect.customization();
        return BackgroundWrites.proxy(JdbcCustomization.class, (proxy, method, arguments) -> {
            if (method.getName().equals("getTaskData")) {
                return joined((ResultSet) arguments[0]);
            }
            if (method.getName().equals("createSelectDueQuery")) {
                return due(target.getQueryLimitPart((Integer) arguments[1]), (String) arguments[2]);
            }
            return BackgroundWrites.invoke(target, method, arguments);
        });
    }

    private static byte[] joined(ResultSet row) throws SQLException {
        return StoredCall.of(row.getBytes("task_data"), row.getBytes("call_data"))
                .join();
    }

    /**
     * Returns the query of due calls, whose parameters are {@code false}, the time, and names of unknown tasks. It passes over locked
     * rows: the oldest come first, so the threads would wait for the same ones again and again. Each task has a query of its
     * own, which reads as many rows of the index as it returns. One query for all would sort the due calls of all tasks.
     *
     * @param limit the clause that limits the rows
     * @param unknown the condition for names of unknown tasks; may be empty
     */
    private String due(String limit, String unknown) {
        String order = " ORDER BY execution_time" + limit;
        String locked = order + " FOR UPDATE SKIP LOCKED";
        String from = "SELECT " + COLUMNS + " FROM " + table + " WHERE task_name ";
        return switch (dialect) {
            case POSTGRESQL ->
                "SELECT due.* FROM (VALUES " + names("(%s)") + ") AS known (name) CROSS JOIN LATERAL (" + from
                        // The literal belongs to the partial index.
                        + "= known.name COLLATE \"C\" AND NOT picked AND picked = ? AND execution_time <= ?" + locked
                        + ") AS due WHERE TRUE " + unknown + order;
            // A parameter of its own for each task is not possible: the first rows of each are read, due or not.
            case MARIADB ->
                "SELECT * FROM ("
                        + known.stream()
                                .map(name -> "(" + from + "= '" + name + "' AND picked = FALSE" + locked + ")")
                                .collect(Collectors.joining(" UNION ALL "))
                        + ") AS due WHERE picked = ? AND execution_time <= ? " + unknown + order;
            case H2 -> from + "IN (" + names("%s") + ") AND picked = ? AND execution_time <= ? " + unknown + locked;
        };
    }

    /** The names have no quotation marks. */
    private String names(String form) {
        return known.stream().map(name -> form.formatted("'" + name + "'")).collect(Collectors.joining(", "));
    }

    /** Returns the query of dead attempts without the data of their calls; any other statement as it is. */
    static String withoutData(String sql) {
        return sql.startsWith(ALL) && sql.contains(" where picked = ? and last_heartbeat <= ? ")
                ? "select " + COLUMNS + " from " + sql.substring(ALL.length())
                : sql;
    }
}
