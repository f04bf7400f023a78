package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import dev.respite.jdbc.transaction.LocalTransaction;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The database in which calls are stored. It runs statements, in which <code>{tasks}</code>, <code>{letters}</code> and
 * <code>{effects}</code> are the names of the tables.
 */
final class CallDatabase {

    /** All columns of a dead letter but its envelope and its data, which lists do not read. */
    static final String LETTER_COLUMNS =
            "letter_id, task_name, task_instance, call_key, state, reason, parked_at, first_start,"
                    + " attempts, last_error, history, data_version, call_sequence, sequence_position";

    private static final String TASK_COLUMNS =
            "task_name, task_instance, task_data, execution_time, picked, picked_by, last_success, last_failure,"
                    + " consecutive_failures, last_heartbeat, version, call_data, call_sequence, sequence_position, waits_in_sequence,"
                    + " turn_has_come, deferred_until, enqueued_at, last_error";

    private final DataSource dataSource;
    private final DataSource connections;
    private final DurableTables tables;
    private final DurableDialect dialect;
    private final TimeSource time;
    private final JdbcCustomization binding;

    private CallDatabase(
            DataSource dataSource,
            DataSource connections,
            DurableTables tables,
            DurableDialect dialect,
            TimeSource time) {
        this.dataSource = dataSource;
        this.connections = connections;
        this.tables = tables;
        this.dialect = dialect;
        this.time = time instanceof DatabaseTime unmeasured && dialect.clock().isEmpty() ? unmeasured.delegate() : time;
        this.binding = dialect.customization();
    }

    /** The database of a process that runs no calls. */
    static CallDatabase of(DataSource dataSource, DurableTables tables) {
        return of(dataSource, tables, DatabaseTime.withoutCalls(TimeSource.system()));
    }

    /**
     * Determines the kind of a database, and checks the settings of its connections and its tables.
     *
     * @param time the time; a {@link DatabaseTime} is measured, any other is taken as it is
     * @throws IllegalArgumentException if it is not supported, its connections have a setting that is refused, or it lacks a table or
     *     a column
     * @throws StoreException if it cannot be reached
     */
    static CallDatabase of(DataSource dataSource, DurableTables tables, TimeSource time) {
        Objects.requireNonNull(tables, "tables");
        DataSource connections = LocalTransaction.ownConnections(Objects.requireNonNull(dataSource, "dataSource"));
        try (Connection connection = connections.getConnection()) {
            DurableDialect dialect = DurableDialect.of(connection.getMetaData().getDatabaseProductName());
            CallDatabase database = new CallDatabase(dataSource, connections, tables, dialect, time);
            database.check(connection);
            database.refreshTime(connection);
            return database;
        } catch (SQLException failure) {
            if (LocalTransaction.isRefusal(failure)) {
                throw new IllegalArgumentException(failure.getMessage(), failure);
            }
            throw new StoreException("the database could not be reached", failure);
        }
    }

    private void check(Connection connection) {
        execute(
                connection,
                "the database lacks " + tables.tasks() + ", " + tables.effects() + " or " + tables.deadLetters()
                        + ", or a column of them: run " + dialect.file()
                        + ", which is in the jar of respite-durable, or name another schema by DurableTables.inSchema",
                "SELECT " + TASK_COLUMNS + " FROM {tasks} WHERE 1 = 0",
                "SELECT " + LETTER_COLUMNS + ", envelope, handler_failed, call_data FROM {letters} WHERE 1 = 0",
                "SELECT task_name, task_instance, version FROM {effects} WHERE 1 = 0");
    }

    /**
     * Checks the privileges of an instance that runs calls, by statements that change no row. The first dead letter would be late to
     * notice that one is missing.
     *
     * @param waits the limits of the instance, which purges dead letters if they have a retention
     * @throws IllegalArgumentException if a privilege is missing
     */
    void requirePrivileges(DurableSettings.Waits waits) {
        String remedy = "the user of the database lacks a privilege: GRANT SELECT, INSERT, UPDATE, DELETE ON "
                + tables.tasks() + ", " + tables.effects() + ", " + tables.deadLetters() + " TO it";
        transaction("the privileges could not be checked", connection -> {
            execute(
                    connection,
                    remedy,
                    none("{tasks}", "task_name, task_instance, execution_time, picked, version"),
                    "UPDATE {tasks} SET version = version WHERE 1 = 0",
                    "DELETE FROM {tasks} WHERE 1 = 0",
                    none("{effects}", "task_name, task_instance, version"),
                    "DELETE FROM {effects} WHERE 1 = 0",
                    none("{letters}", LETTER_COLUMNS),
                    "UPDATE {letters} SET attempts = attempts WHERE 1 = 0");
            if (waits.deadLetterRetention().isPresent()) {
                execute(connection, remedy, "DELETE FROM {letters} WHERE 1 = 0");
            }
            return true;
        });
    }

    /** Returns the insertion of no row. MariaDB requires all columns that have no default. */
    private static String none(String table, String columns) {
        return "INSERT INTO " + table + " (" + columns + ") SELECT " + columns + " FROM " + table + " WHERE 1 = 0";
    }

    /**
     * Runs statements that return and change nothing.
     *
     * @param failed the beginning of the message if the database rejects one
     */
    private void execute(Connection connection, String failed, String... statements) {
        for (String each : statements) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(named(each));
            } catch (SQLException rejected) {
                if (!isOfTheStatement(rejected)) {
                    throw new StoreException("the tables could not be checked", rejected);
                }
                throw new IllegalArgumentException(failed + " (" + rejected.getMessage() + ")", rejected);
            }
        }
    }

    /** Class 42 is an error of the statement; on H2, 90079 is a missing schema and 90096 a missing right. A connection may break too. */
    private static boolean isOfTheStatement(SQLException failure) {
        @Nullable String state = failure.getSQLState();
        return state != null && (state.startsWith("42") || state.equals("90079") || state.equals("90096"));
    }

    /** Returns the time in which calls are due: the database's, unless the application has set another. */
    TimeSource time() {
        return time;
    }

    /** Measures the clock of the database if that is due. */
    void refreshTime(Connection connection) throws SQLException {
        if (time instanceof DatabaseTime measured) {
            measured.refresh(() -> clock(connection));
        }
    }

    /** Measures the clock of the database if that is due and no other statement does: an idle instance runs few. */
    void refreshTime(DatabaseTime measured) {
        if (measured.isDue()) {
            try {
                boolean unused = transaction(connection -> true);
            } catch (SQLException away) {
                // The gap shows the outage.
            }
        }
    }

    /** Returns whether the times in rows of other instances can be compared with the clock of this one. */
    boolean isTimeSettled(Connection connection) throws SQLException {
        return !(time instanceof DatabaseTime measured) || measured.isSettled(() -> clock(connection));
    }

    /** Returns whether the clock of the database and the machine's differ by an hour at most. Otherwise one of them is wrong. */
    boolean isTimePlausible() {
        return !(time instanceof DatabaseTime measured)
                || measured.offset().abs().compareTo(Duration.ofHours(1)) <= 0;
    }

    private Instant clock(Connection connection) throws SQLException {
        String query = dialect.clock().orElseThrow();
        return first(connection, query, row -> instant(row, "present").orElseThrow())
                .orElseThrow();
    }

    /** Returns the data source of the application. */
    DataSource dataSource() {
        return dataSource;
    }

    /**
     * Returns the data source of the scheduler, which commits each statement by itself, and whose writes wait for locks no longer than
     * a limit.
     */
    DataSource ownDataSource() {
        return BackgroundWrites.proxy(
                DataSource.class,
                (proxy, method, arguments) -> method.getName().equals("getConnection")
                        ? limited(connections.getConnection())
                        : BackgroundWrites.invoke(connections, method, arguments));
    }

    private Connection limited(Connection connection) {
        return BackgroundWrites.limited(connection, dialect);
    }

    DurableTables tables() {
        return tables;
    }

    DurableDialect dialect() {
        return dialect;
    }

    /** Runs a transaction and commits it. */
    <T> T transaction(LocalTransaction.Body<T, SQLException> body) throws SQLException {
        try (LocalTransaction transaction = LocalTransaction.begin(connections)) {
            Connection connection = limited(transaction.connection());
            refreshTime(connection);
            T result = body.run(connection);
            transaction.commit();
            return result;
        }
    }

    /**
     * Runs a transaction and commits it.
     *
     * @param failed the message of the exception if the database fails
     * @throws StoreException if the database fails
     * @throws IllegalStateException if the connection is in a transaction of the caller
     */
    <T> T transaction(String failed, LocalTransaction.Body<T, SQLException> body) {
        try {
            return transaction(body);
        } catch (SQLException failure) {
            if (LocalTransaction.isRefusal(failure)) {
                throw new IllegalStateException(failed + ": " + failure.getMessage(), failure);
            }
            throw new StoreException(failed + BackgroundWrites.reason(failure), failure);
        }
    }

    /** Runs one statement, which is committed by itself. */
    <T> T single(LocalTransaction.Body<T, SQLException> body) throws SQLException {
        try (Connection connection = limited(connections.getConnection())) {
            refreshTime(connection);
            return body.run(connection);
        }
    }

    /** Reads a row. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * Returns the rows of a query.
     *
     * @param values the values of the parameters; an empty optional is null
     */
    <T> List<T> list(Connection connection, String query, RowReader<T> reader, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, query, values);
                ResultSet row = statement.executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(reader.read(row));
            }
            return rows;
        }
    }

    /** Returns the first row of a query; empty if there is none. */
    <T> Optional<T> first(Connection connection, String query, RowReader<T> reader, Object... values)
            throws SQLException {
        return list(connection, query, reader, values).stream().findFirst();
    }

    /** Runs a change and returns the number of changed rows. */
    int update(Connection connection, String change, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, change, values)) {
            return statement.executeUpdate();
        }
    }

    /** Runs a change once for the values of each row. */
    void batch(Connection connection, String change, List<Object[]> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(named(change))) {
            for (Object[] values : rows) {
                bindAll(statement, values);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void bindAll(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            bind(statement, i + 1, values[i] instanceof Optional<?> value ? value.orElse(null) : values[i]);
        }
    }

    /** Prepares a statement, which the caller closes. */
    PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(named(sql));
        try {
            bindAll(statement, values);
            return statement;
        } catch (Throwable failure) {
            statement.close();
            throw failure;
        }
    }

    private void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
        if (value instanceof Instant time) {
            binding.setInstant(statement, index, time);
        } else {
            statement.setObject(index, value);
        }
    }

    private String named(String sql) {
        return sql.replace("{tasks}", tables.tasks())
                .replace("{letters}", tables.deadLetters())
                .replace("{effects}", tables.effects());
    }

    /** Returns the value of a column as a time; empty if it is null. */
    Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(binding.getInstant(row, column));
    }
}
