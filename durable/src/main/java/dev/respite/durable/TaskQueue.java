package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import dev.respite.jdbc.transaction.LocalTransaction;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Enqueues durable calls, and counts them. It needs the database only: a process that enqueues need not run the calls. Safe
 * for use by any number of threads.
 */
public final class TaskQueue {

    private final DataSource dataSource;
    private final DurableTables tables;
    private final DurableDialect dialect;
    private final TimeSource time;
    private final Runnable onEnqueued;

    private TaskQueue(
            DataSource dataSource, DurableTables tables, DurableDialect dialect, TimeSource time, Runnable onEnqueued) {
        this.dataSource = dataSource;
        this.tables = tables;
        this.dialect = dialect;
        this.time = time;
        this.onEnqueued = onEnqueued;
    }

    /**
     * Returns the queue of a database, in the tables of the SQL file.
     *
     * @param dataSource the database
     * @return the queue
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     * @throws StoreException if it cannot be reached
     */
    public static TaskQueue of(DataSource dataSource) {
        return of(dataSource, DurableTables.defaults());
    }

    /**
     * Returns the queue of a database.
     *
     * @param dataSource the database
     * @param tables the names of the tables
     * @return the queue
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     * @throws StoreException if it cannot be reached
     */
    public static TaskQueue of(DataSource dataSource, DurableTables tables) {
        Objects.requireNonNull(tables, "tables");
        DurableDialect dialect = DurableDialect.of(Objects.requireNonNull(dataSource, "dataSource"), tables);
        return new TaskQueue(dataSource, tables, dialect, TimeSource.system(), () -> {});
    }

    /** This queue in another time, and with a worker to be woken when a call was enqueued. */
    TaskQueue with(TimeSource other, Runnable wake) {
        return new TaskQueue(dataSource, tables, dialect, other, wake);
    }

    /**
     * Enqueues a call that is due now, in a transaction of its own.
     *
     * @param task the task
     * @param data the data
     * @param <T> the type of the data
     * @return the id of the call
     * @throws StoreException if the database has failed
     */
    public <T> String enqueue(DurableTask<T> task, T data) {
        return enqueue(task, data, EnqueueOptions.defaults());
    }

    /**
     * Enqueues a call, in a transaction of its own.
     *
     * @param task the task
     * @param data the data
     * @param options id, key, time and sequence
     * @param <T> the type of the data
     * @return the id of the call
     * @throws StoreException if the task has a call with this id that has not ended, or the database has failed
     */
    public <T> String enqueue(DurableTask<T> task, T data, EnqueueOptions options) {
        try {
            String id = LocalTransaction.run(dataSource, connection -> enqueue(connection, task, data, options));
            onEnqueued.run();
            return id;
        } catch (SQLException failure) {
            throw new StoreException("a call of task '" + task.name() + "' could not be enqueued", failure);
        }
    }

    /**
     * Enqueues a call in the transaction of the caller: it is made if that commits, and never existed if that is rolled back.
     *
     * @param connection a connection of the same database, in a transaction
     * @param task the task
     * @param data the data
     * @param options id, key, time and sequence
     * @param <T> the type of the data
     * @return the id of the call
     * @throws SQLException if the task has a call with this id that has not ended, or the database has failed
     */
    public <T> String enqueue(Connection connection, DurableTask<T> task, T data, EnqueueOptions options)
            throws SQLException {
        Instant due = options.dueAt(now());
        String id = options.id().orElseGet(() -> UUID.randomUUID().toString());
        String key = options.key().orElseGet(() -> mintKey(due));
        Envelope envelope = Envelope.of(key, task.version(), task.encode(data), options.sequence());
        insert(
                connection,
                task.name(),
                id,
                envelope.encode(),
                due,
                options.sequence().map(SequencePlace::last));
        return id;
    }

    void insert(
            Connection connection, String task, String id, byte[] envelope, Instant due, Optional<SequencePlace> place)
            throws SQLException {
        // The database counts the positions, unless a call comes back to the one it had.
        OptionalLong position =
                place.isEmpty() ? OptionalLong.empty() : place.get().position();
        String insert = "INSERT INTO " + tables.tasks()
                + " (task_name, task_instance, task_data, execution_time, picked, version, call_sequence"
                + (position.isPresent()
                        ? ", sequence_position) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                        : ") VALUES (?, ?, ?, ?, ?, ?, ?)");
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, task);
            statement.setString(2, id);
            binding().setTaskData(statement, 3, envelope);
            binding().setInstant(statement, 4, due);
            statement.setBoolean(5, false);
            statement.setLong(6, firstVersion());
            statement.setString(7, place.map(SequencePlace::sequence).orElse(null));
            if (position.isPresent()) {
                statement.setLong(8, position.getAsLong());
            }
            statement.executeUpdate();
        }
    }

    /**
     * A random number of 62 bits, which each pick and update counts up. If every row began with 1, an instance that was paused
     * in a call would match the version of a later call with the same id, and commit in its place.
     */
    private static long firstVersion() {
        return UUID.randomUUID().getLeastSignificantBits() & Long.MAX_VALUE >>> 1;
    }

    /**
     * Counts the calls of all tasks, at this moment, by three queries that read both tables.
     *
     * @return the counts
     * @throws StoreException if the database has failed
     */
    public DurableStats stats() {
        try {
            return LocalTransaction.run(dataSource, this::stats);
        } catch (SQLException failure) {
            throw new StoreException("the calls could not be counted", failure);
        }
    }

    private DurableStats stats(Connection connection) throws SQLException {
        Instant now = now();
        String due = "SELECT COUNT(*) AS calls, MIN(execution_time) AS oldest FROM " + tables.tasks()
                + " WHERE picked = ? AND execution_time <= ?";
        String all = "SELECT COUNT(*) AS calls, SUM(CASE WHEN picked = ? THEN 1 ELSE 0 END) AS running FROM "
                + tables.tasks();
        String letters = "SELECT state, COUNT(*) AS calls FROM " + tables.deadLetters() + " GROUP BY state";
        try (PreparedStatement dueNow = connection.prepareStatement(due);
                PreparedStatement allNow = connection.prepareStatement(all);
                PreparedStatement lettersNow = connection.prepareStatement(letters)) {
            dueNow.setBoolean(1, false);
            binding().setInstant(dueNow, 2, now);
            allNow.setBoolean(1, true);
            try (ResultSet dueRow = dueNow.executeQuery();
                    ResultSet allRow = allNow.executeQuery();
                    ResultSet states = lettersNow.executeQuery()) {
                dueRow.next();
                allRow.next();
                long dueCalls = dueRow.getLong("calls");
                long running = allRow.getLong("running");
                return new DurableStats(
                        dueCalls,
                        running,
                        Math.max(0, allRow.getLong("calls") - dueCalls - running),
                        Optional.ofNullable(binding().getInstant(dueRow, "oldest")),
                        DurableStats.DeadLetterCounts.of(states));
            }
        }
    }

    /** A UUID of version 7, whose time is that at which the first attempt is due. */
    static String mintKey(Instant now) {
        UUID random = UUID.randomUUID();
        long version7 = 0x7000L | (random.getMostSignificantBits() & 0x0fffL);
        return new UUID(now.toEpochMilli() << 16 | version7, random.getLeastSignificantBits()).toString();
    }

    Instant now() {
        return time.wallTime();
    }

    DurableTables tables() {
        return tables;
    }

    DurableDialect dialect() {
        return dialect;
    }

    private JdbcCustomization binding() {
        return dialect.customization();
    }
}
