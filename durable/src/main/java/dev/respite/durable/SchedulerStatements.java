package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import com.github.kagkarlsson.scheduler.task.Execution;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * The statements of db-scheduler that read rows. They select the data of a call only when it is picked. A poll reads only calls of
 * the tasks that this instance runs, so rows of other tasks do not lengthen it.
 *
 * <p>The rows have times of the database's clock. The scheduler has a clock that is never set, since it waits for moments: a clock
 * that is set back would stop its polls and heartbeats for as long. Times are converted on their way into a row and back.
 */
final class SchedulerStatements {

    private static final String ALL = "select * from ";

    private static final String COLUMNS =
            "task_name, task_instance, task_data, execution_time, picked, picked_by, last_success, last_failure,"
                    + " consecutive_failures, last_heartbeat, version, NULL AS call_data";

    private final CallDatabase database;
    private final DurableDialect dialect;
    private final String table;
    private final Set<String> known;

    /**
     * Creates the statements.
     *
     * @param known the names of the tasks that this instance runs
     */
    SchedulerStatements(CallDatabase database, Set<String> known) {
        this.database = database;
        this.dialect = database.dialect();
        this.table = database.tables().tasks();
        // Without tasks no row is found: no task has an empty name.
        this.known = new TreeSet<>(known.isEmpty() ? Set.of("") : known);
    }

    /** Returns the customization of the database with these statements. */
    JdbcCustomization customization() {
        return BackgroundWrites.proxy(JdbcCustomization.class, (proxy, method, arguments) -> {
            if (method.getName().equals("getTaskData")) {
                return joined((ResultSet) arguments[0]);
            }
            if (method.getName().equals("lockAndFetchSingleStatement")) {
                return picked((JdbcTaskRepositoryContext) arguments[0], (Instant) arguments[1], (Integer) arguments[2]);
            }
            if (method.getName().equals("createSelectDueQuery")) {
                return due(COLUMNS, target().getQueryLimitPart((Integer) arguments[1]), (String) arguments[2]);
            }
            if (method.getName().equals("setInstant") && arguments[2] instanceof Instant time) {
                arguments[2] = toStored(time);
            }
            Object result = BackgroundWrites.invoke(target(), method, arguments);
            return result instanceof Instant stored ? ofStored(stored) : result;
        });
    }

    /** Returns the time by the clock of the scheduler. */
    Instant now() {
        return database.time() instanceof DatabaseTime time
                ? time.steadyTime()
                : database.time().wallTime();
    }

    /** Returns a time of the scheduler as the rows have it. */
    Instant toStored(Instant time) {
        return time.plus(steps());
    }

    /** Returns a time of a row as the scheduler has it. */
    Instant ofStored(Instant time) {
        return time.minus(steps());
    }

    private Duration steps() {
        return database.time() instanceof DatabaseTime time ? time.steps() : Duration.ZERO;
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
     * @param columns the columns that the query returns
     * @param limit the clause that limits the rows
     * @param unknown the condition for names of unknown tasks; may be empty
     */
    private String due(String columns, String limit, String unknown) {
        String order = " ORDER BY execution_time" + limit;
        String locked = order + " FOR UPDATE SKIP LOCKED";
        String from = "SELECT " + columns + " FROM " + table + " WHERE task_name ";
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

    /**
     * Returns whether one statement picks due calls and returns them. Otherwise a call may be picked and then not be read, which
     * counts as a lost attempt.
     */
    boolean picksByOneStatement() {
        return dialect == DurableDialect.POSTGRESQL;
    }

    private List<Execution> picked(JdbcTaskRepositoryContext scheduler, Instant now, int most) {
        return scheduler.jdbcRunner.query(
                pick(target().getQueryLimitPart(most)),
                statement -> {
                    Instant stored = toStored(now);
                    statement.setBoolean(1, false);
                    target().setInstant(statement, 2, stored);
                    statement.setBoolean(3, true);
                    statement.setString(4, scheduler.schedulerName.getName());
                    target().setInstant(statement, 5, stored);
                },
                scheduler.resultSetMapper.get());
    }

    /**
     * Returns the statement that picks due calls. Its parameters are the two of the query and the three new values. The rows are
     * found by their places, which are locked: a join by the primary key reads the whole table while PostgreSQL has the
     * statistics of an emptier one.
     */
    String pick(String limit) {
        return "WITH due AS (" + due("ctid AS place, execution_time", limit, "") + "), picked AS (UPDATE " + table
                + " AS task SET picked = ?, picked_by = ?, last_heartbeat = ?, version = task.version + 1"
                + " WHERE task.ctid = ANY (ARRAY(SELECT place FROM due)) RETURNING task.*)"
                + " SELECT * FROM picked ORDER BY execution_time";
    }

    private JdbcCustomization target() {
        return dialect.customization();
    }

    /** The names have no quotation marks. */
    private String names(String form) {
        return known.stream().map(name -> form.formatted("'" + name + "'")).collect(Collectors.joining(", "));
    }

    /** Returns the data source of the scheduler. */
    DataSource dataSource() {
        return BackgroundWrites.connections(
                database.dataSource(),
                connection -> BackgroundWrites.proxy(Connection.class, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        arguments[0] = rewritten((String) arguments[0], connection);
                    }
                    return BackgroundWrites.invoke(connection, method, arguments);
                }));
    }

    /**
     * Measures the clock of the database if that is due. The look for dead attempts reads no data, and no row while times of
     * other instances may be times of another clock.
     */
    private String rewritten(String sql, Connection connection) throws SQLException {
        if (!sql.startsWith(ALL) || !sql.contains(" where picked = ? and last_heartbeat <= ? ")) {
            database.refreshTime(connection);
            return sql;
        }
        String look = "select " + COLUMNS + " from " + sql.substring(ALL.length());
        return database.isTimeSettled(connection) ? look : look.replace(" where ", " where 1 = 0 and ");
    }
}
