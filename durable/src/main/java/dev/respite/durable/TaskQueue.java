package dev.respite.durable;

import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Enqueues durable calls, and counts them. It needs the database only: a process that enqueues need not run the calls. Safe
 * for use by any number of threads.
 */
public final class TaskQueue {

    /** A call may end between the insertion that finds it and the query that reads it. */
    private static final int MAX_INSERTIONS = 3;

    private final CallDatabase database;
    private final CallStatements calls;
    private final TimeSource time;
    private final Runnable onEnqueued;

    TaskQueue(CallDatabase database, Runnable onEnqueued) {
        this.database = database;
        this.calls = new CallStatements(database);
        this.time = database.time();
        this.onEnqueued = onEnqueued;
    }

    /**
     * {@return the queue of a database, in the tables of the SQL file}
     *
     * @param dataSource the database
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     * @throws StoreException if it cannot be reached
     */
    public static TaskQueue of(DataSource dataSource) {
        return of(dataSource, DurableTables.defaults());
    }

    /**
     * {@return the queue of a database}
     *
     * @param dataSource the database
     * @param tables the names of the tables
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     * @throws StoreException if it cannot be reached
     */
    public static TaskQueue of(DataSource dataSource, DurableTables tables) {
        return new TaskQueue(CallDatabase.of(dataSource, tables), () -> {});
    }

    /**
     * Enqueues a call that is due now, in a transaction of its own.
     *
     * @param task the task
     * @param data the data
     * @param <T> the type of the data
     * @return the id of the call
     * @throws IllegalArgumentException if the data is longer than the task allows
     * @throws StoreException if the database has failed
     * @throws IllegalStateException in a handler that has a connection of this database, and on the connection of a transaction
     *     that is running: use the method with a connection there
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
     * @throws IllegalArgumentException if the data is longer than the task allows
     * @throws StoreException if the task has a call with this id that has not ended, or the database has failed
     * @throws IllegalStateException as {@link #enqueue(DurableTask, Object)} does
     */
    public <T> String enqueue(DurableTask<T> task, T data, EnqueueOptions options) {
        AttemptThread.requireNoHandler(database.dataSource(), "enqueue");
        String id = database.transaction(
                "a call of task '" + task.name() + "' could not be enqueued",
                connection -> enqueue(connection, task, data, options));
        onEnqueued.run();
        return id;
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
     * @throws IllegalArgumentException if the data is longer than the task allows
     * @throws SQLException if the task has a call with this id that has not ended, or the database has failed. On PostgreSQL the
     *     transaction cannot go on then; see {@link #enqueueIfAbsent(Connection, DurableTask, Object, EnqueueOptions)}
     */
    public <T> String enqueue(Connection connection, DurableTask<T> task, T data, EnqueueOptions options)
            throws SQLException {
        database.refreshTime(connection);
        String id = options.id().orElseGet(() -> UUID.randomUUID().toString());
        calls.insert(connection, added(task, id, options), task.encode(data));
        return id;
    }

    /**
     * Enqueues many calls of a task in a transaction of its own: all or none.
     *
     * @param task the task
     * @param data the data of each call
     * @param options time and sequence of all calls; in a sequence they have the order of the data
     * @param <T> the type of the data
     * @return the ids of the calls, in the order of the data
     * @throws IllegalArgumentException if the options have an id or a key, or the data of a call is longer than the task allows
     * @throws StoreException if the database has failed
     * @throws IllegalStateException as {@link #enqueue(DurableTask, Object)} does
     */
    public <T> List<String> enqueueAll(DurableTask<T> task, Collection<? extends T> data, EnqueueOptions options) {
        AttemptThread.requireNoHandler(database.dataSource(), "enqueueAll");
        List<String> ids = database.transaction(
                data.size() + " calls of task '" + task.name() + "' could not be enqueued",
                connection -> enqueueAll(connection, task, data, options));
        onEnqueued.run();
        return ids;
    }

    /**
     * Enqueues many calls of a task in the transaction of the caller, by batches of statements.
     *
     * @param connection a connection of the same database, in a transaction
     * @param task the task
     * @param data the data of each call
     * @param options time and sequence of all calls; in a sequence they have the order of the data
     * @param <T> the type of the data
     * @return the ids of the calls, in the order of the data
     * @throws IllegalArgumentException if the options have an id or a key, the connection has auto-commit on, or the data of a call is
     *     longer than the task allows. No call is enqueued then
     * @throws SQLException if the database has failed; roll the transaction back
     */
    public <T> List<String> enqueueAll(
            Connection connection, DurableTask<T> task, Collection<? extends T> data, EnqueueOptions options)
            throws SQLException {
        if (options.id().isPresent() || options.key().isPresent()) {
            throw new IllegalArgumentException("enqueueAll for task '" + task.name() + "' with "
                    + (options.id().isPresent() ? "an id" : "a key")
                    + ": it belongs to one call; leave it out, or enqueue each call by itself");
        }
        if (connection.getAutoCommit()) {
            throw new IllegalArgumentException(
                    "enqueueAll for task '" + task.name() + "' on a connection with auto-commit"
                            + " on: a failure would leave some of the calls; switch auto-commit off, or leave the connection out");
        }
        database.refreshTime(connection);
        List<String> ids = new ArrayList<>(data.size());
        List<CallStatements.NewCall> added = new ArrayList<>(data.size());
        for (T each : data) {
            String id = UUID.randomUUID().toString();
            ids.add(id);
            added.add(new CallStatements.NewCall(added(task, id, options), task.encode(each)));
        }
        calls.insertAll(connection, added);
        return List.copyOf(ids);
    }

    private <T> CallStatements.Added added(DurableTask<T> task, String id, EnqueueOptions options) {
        Instant now = time.wallTime();
        Instant due = options.dueAt(now);
        String key = options.key().orElseGet(() -> Envelope.newKey(due));
        return new CallStatements.Added(
                task.name(),
                id,
                Envelope.of(key, task.version(), options.sequence()).encode(),
                due,
                now,
                options.sequence().map(SequenceStatements.Place::last));
    }

    /**
     * Enqueues a call, in a transaction of its own, unless its task has one with this id that has not ended.
     *
     * @param task the task
     * @param data the data
     * @param options the id, and key, time and sequence
     * @param <T> the type of the data
     * @return whether the call was added
     * @throws IllegalArgumentException if the options have no id, the call with this id has other data, or the data is longer than
     *     the task allows
     * @throws StoreException if the database has failed
     * @throws IllegalStateException as {@link #enqueue(DurableTask, Object)} does
     */
    public <T> boolean enqueueIfAbsent(DurableTask<T> task, T data, EnqueueOptions options) {
        AttemptThread.requireNoHandler(database.dataSource(), "enqueueIfAbsent");
        boolean added = database.transaction(
                "a call of task '" + task.name() + "' could not be enqueued",
                connection -> enqueueIfAbsent(connection, task, data, options));
        if (added) {
            onEnqueued.run();
        }
        return added;
    }

    /**
     * Enqueues a call in the transaction of the caller, unless its task has one with this id that has not ended. The transaction can
     * go on in both cases, on PostgreSQL with READ COMMITTED. A call that has ended, or is a dead letter, is not found: its id may
     * be used again. On MariaDB the call that is present stays locked until the transaction ends, and its attempt cannot end
     * before: enqueue last.
     *
     * @param connection a connection of the same database, in a transaction
     * @param task the task
     * @param data the data
     * @param options the id, and key, time and sequence
     * @param <T> the type of the data
     * @return whether the call was added
     * @throws IllegalArgumentException if the options have no id, the call with this id has other data, or the data is longer than
     *     the task allows
     * @throws SQLException if the database has failed
     */
    public <T> boolean enqueueIfAbsent(Connection connection, DurableTask<T> task, T data, EnqueueOptions options)
            throws SQLException {
        String id = options.id()
                .orElseThrow(() -> new IllegalArgumentException("enqueueIfAbsent for task '" + task.name()
                        + "' without an id: a new id is never present; give one by EnqueueOptions.withId"));
        database.refreshTime(connection);
        byte[] stored = task.encode(data);
        CallStatements.Added call = added(task, id, options);
        for (int attempt = 0; attempt < MAX_INSERTIONS; attempt++) {
            if (calls.insertIfAbsent(connection, call, stored)) {
                return true;
            }
            Optional<CallStatements.Present> present = calls.present(connection, task.name(), id, stored);
            if (present.isPresent()) {
                requireSame(task, id, present.get());
                return false;
            }
            // It has ended in between.
        }
        calls.insert(connection, call, stored);
        return true;
    }

    /** Data of another version is not compared: during a deployment, two versions enqueue. */
    private static void requireSame(DurableTask<?> task, String id, CallStatements.Present present) {
        if (!present.hasSameData() && isOfVersion(task.version(), present.envelope())) {
            throw new IllegalArgumentException("task '" + task.name() + "' has a call with the id '" + id
                    + "' and other data: an id belongs to one request; give the other request another id");
        }
    }

    private static boolean isOfVersion(int version, byte[] envelope) {
        return Envelope.readable(envelope)
                .filter(read -> read.dataVersion() == version)
                .isPresent();
    }

    /**
     * Counts the calls of all tasks, at this moment, by two queries that read both tables.
     *
     * @return the counts
     * @throws StoreException if the database has failed
     */
    public DurableStats stats() {
        return database.transaction("the calls could not be counted", connection -> calls.stats(connection));
    }
}
