package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepositoryContext;
import dev.respite.durable.Envelope.StoredCall;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;

/**
 * The statements of db-scheduler that read rows. They select the data of a call only when it is picked, which the picker does in
 * place of the scheduler.
 *
 * <p>The rows have times of the database's clock. The scheduler has a clock that is never set, since it waits for moments: a clock
 * that is set back would stop its polls and heartbeats for as long. Times are converted on their way into a row and back.
 */
final class SchedulerStatements {

    private static final String ALL = "select * from ";

    private static final String COLUMNS =
            "task_name, task_instance, task_data, execution_time, picked, picked_by, last_success, last_failure,"
                    + " consecutive_failures, last_heartbeat, version, NULL AS call_data, turn_has_come";

    private final CallDatabase database;
    private final CallPicker picker;

    SchedulerStatements(CallDatabase database, CallPicker picker) {
        this.database = database;
        this.picker = picker;
    }

    /** Returns the customization of the database with these statements. */
    JdbcCustomization customization() {
        return BackgroundWrites.proxy(JdbcCustomization.class, (proxy, method, arguments) -> {
            if (method.getName().equals("getTaskData")) {
                return joined((ResultSet) arguments[0]);
            }
            if (method.getName().equals("supportsSingleStatementLockAndFetch")) {
                return true;
            }
            if (method.getName().equals("lockAndFetchSingleStatement")) {
                return picker.pick((JdbcTaskRepositoryContext) arguments[0]);
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
                .withTurn(row.getBoolean("turn_has_come"))
                .join();
    }

    private JdbcCustomization target() {
        return database.dialect().customization();
    }

    /** Returns the data source of the scheduler. */
    DataSource dataSource() {
        return BackgroundWrites.connections(
                database.ownDataSource(),
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
