package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.Envelope.StoredCall;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The calls that have not ended: to find, list, reschedule and cancel. It needs the database only, so an operator's tool can use
 * it. Safe for use by any number of threads.
 *
 * <p>A call that runs is left as it is, unless its instance has missed eight heartbeats, two minutes by default: then it has died,
 * or is cut off. If it goes on all the same, it cannot commit the effect or the end of the call. The lost attempt counts.
 *
 * <pre>{@code
 * PendingCalls calls = PendingCalls.of(dataSource);
 * for (PendingCall call : calls.list(PendingCall.Filter.all().withTask("payment").withError("ConnectException"))) {
 *     calls.runNow(call.task(), call.id());
 * }
 * }</pre>
 */
public final class PendingCalls {

    private static final String COLUMNS =
            "task_name, task_instance, task_data, execution_time, picked, version, call_sequence, waits_in_sequence,"
                    + " deferred_until, enqueued_at, last_error, picked_by, last_heartbeat";

    private static final String OF_CALL = " WHERE task_name = ? AND task_instance = ?";

    private final CallDatabase database;
    private final TimeSource time;
    private final Sequences sequences;
    private final GiveUp giveUp;
    private final CallStatements calls;

    PendingCalls(CallDatabase database, Sequences sequences) {
        this.database = database;
        this.time = database.time();
        this.sequences = sequences;
        this.giveUp = new GiveUp(database);
        this.calls = new CallStatements(database);
    }

    /**
     * {@return the calls of a database, in the tables of the SQL file}
     *
     * @param dataSource the database
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     */
    public static PendingCalls of(DataSource dataSource) {
        return of(dataSource, DurableTables.defaults());
    }

    /**
     * {@return the calls of a database}
     *
     * @param dataSource the database
     * @param tables the names of the tables
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     */
    public static PendingCalls of(DataSource dataSource, DurableTables tables) {
        CallDatabase database = CallDatabase.of(dataSource, tables);
        return new PendingCalls(database, new Sequences(database));
    }

    /**
     * Returns a call.
     *
     * @param task the name of its task
     * @param id its id
     * @return the call; empty if it has ended, is a dead letter or never existed
     * @throws StoreException if the database has failed
     */
    public Optional<PendingCall> find(String task, String id) {
        return database.transaction("a call could not be read", connection -> row(connection, task, id, ""))
                .map(Row::call);
    }

    /**
     * Lists calls, ordered by task and id.
     *
     * @param filter which
     * @return the first page
     * @throws StoreException if the database has failed
     */
    public List<PendingCall> list(PendingCall.Filter filter) {
        return list(filter, List.of());
    }

    /**
     * Lists calls, ordered by task and id. A page reads as many rows of the primary key as it returns, if the filter selects all
     * calls of a task or of all tasks. A filter that selects few calls reads more rows.
     *
     * @param filter which
     * @param task the name of the task of the last call of the page before
     * @param id the id of that call, which may have ended since
     * @return the page after that call
     * @throws StoreException if the database has failed
     */
    public List<PendingCall> listAfter(PendingCall.Filter filter, String task, String id) {
        return list(filter, List.of(task, id));
    }

    private List<PendingCall> list(PendingCall.Filter filter, List<String> after) {
        Instant now = time.wallTime();
        List<Object> values = new ArrayList<>();
        StringBuilder query = new StringBuilder("SELECT " + COLUMNS + " FROM {tasks} WHERE 1 = 1");
        DeadLetterStatements.and(query, values, "task_name = ?", filter.task());
        if (!after.isEmpty()) {
            // The other databases use the index for each of the two conditions, and PostgreSQL for a pair only.
            boolean usesPair = database.dialect() == DurableDialect.POSTGRESQL;
            query.append(
                    usesPair
                            ? " AND (task_name, task_instance) > (?, ?)"
                            : " AND (task_name > ? OR (task_name = ? AND task_instance > ?))");
            values.addAll(usesPair ? List.of() : after.subList(0, 1));
            values.addAll(after);
        }
        filter.state().ifPresent(state -> {
            query.append(condition(state));
            if (state == PendingCall.State.DUE
                    || state == PendingCall.State.SCHEDULED
                    || state == PendingCall.State.DEFERRED) {
                values.add(now);
            }
        });
        DeadLetterStatements.and(query, values, "enqueued_at < ?", filter.enqueuedBefore());
        DeadLetterStatements.and(query, values, "POSITION(? IN last_error) > 0", filter.error());
        query.append(" ORDER BY task_name, task_instance LIMIT ").append(filter.limit());
        return database.transaction(
                "the calls could not be listed",
                connection -> database.list(
                        connection, query.toString(), row -> row(row, now).call(), values.toArray()));
    }

    private static String condition(PendingCall.State state) {
        String waits = " AND picked = FALSE AND waits_in_sequence = ";
        return switch (state) {
            // The index of heartbeats has few other rows.
            case RUNNING -> " AND picked = TRUE AND last_heartbeat IS NOT NULL";
            case IN_SEQUENCE -> waits + "TRUE";
            case DUE -> waits + "FALSE AND execution_time <= ?";
            case DEFERRED -> waits + "FALSE AND deferred_until IS NOT NULL AND execution_time > ?";
            case SCHEDULED -> waits + "FALSE AND deferred_until IS NULL AND execution_time > ?";
        };
    }

    /** The result of a change. */
    public enum Change {
        /** The call was changed. */
        CHANGED,
        /** An instance has picked the call, and it was left as it is. */
        RUNNING,
        /** The call waits for an earlier call of its sequence, and was left as it is. */
        IN_SEQUENCE,
        /** There is no such call: it has ended, is a dead letter or never existed. */
        ABSENT
    }

    /**
     * Makes a call due now, whatever its backoff and the pace of deferred retries are. Its next attempt has the next number.
     *
     * @param task the name of its task
     * @param id its id
     * @return {@link Change#CHANGED} if it is due; a call that waits for its turn in a sequence is left as it is
     * @throws StoreException if the database has failed
     */
    public Change runNow(String task, String id) {
        return changed(task, id, time.wallTime(), " AND waits_in_sequence = FALSE");
    }

    /**
     * Changes the time from which a call is due. Its total timeout goes on: if it is over by then, the call is given up. A call that
     * waits for its turn in a sequence is due when both have come.
     *
     * @param task the name of its task
     * @param id its id
     * @param due the time, by the clock of the database
     * @return the result
     * @throws StoreException if the database has failed
     */
    public Change reschedule(String task, String id, Instant due) {
        return changed(task, id, due, "");
    }

    private Change changed(String task, String id, Instant due, String condition) {
        return database.transaction("a call could not be rescheduled", connection -> {
            Instant stored = EnqueueOptions.later(due, Duration.ZERO);
            int changed = database.update(
                    connection,
                    "UPDATE {tasks} SET execution_time = ?, deferred_until = NULL" + OF_CALL + " AND picked = FALSE"
                            + condition,
                    stored,
                    task,
                    id);
            if (changed == 1) {
                return Change.CHANGED;
            }
            Optional<Row> lost = row(connection, task, id, " FOR UPDATE SKIP LOCKED");
            if (lost.isEmpty() || !isLost(connection, lost.get())) {
                return unchanged(row(connection, task, id, ""));
            }
            takeOver(connection, lost.get(), stored);
            return Change.CHANGED;
        });
    }

    /** Returns whether a row that is locked was picked by an instance that has died. The clock of the database is read again. */
    private boolean isLost(Connection connection, Row row) throws SQLException {
        return row.call().state() == PendingCall.State.RUNNING
                && database.isTimeSettled(connection)
                && row.owner()
                        .filter(owner -> owner.isLost(Duration.between(row.lastHeartbeat(), time.wallTime())))
                        .isPresent();
    }

    private void takeOver(Connection connection, Row lost, Instant due) throws SQLException {
        byte[] envelope = lost.envelope()
                .map(read -> read.takenOver(lost.lastHeartbeat()).encode())
                .orElse(lost.stored());
        calls.releaseLocked(connection, lost.row(), envelope, due);
    }

    private static Change unchanged(Optional<Row> found) {
        if (found.isEmpty()) {
            return Change.ABSENT;
        }
        // One that is not picked any more was running a moment ago.
        return found.get().call().state() == PendingCall.State.IN_SEQUENCE ? Change.IN_SEQUENCE : Change.RUNNING;
    }

    /**
     * Cancels a call: it becomes a dead letter in the state {@link DeadLetter.State#CANCELLED}, and the next call of its sequence
     * goes on. A dead letter that is replayed takes its place at the end of the sequence.
     *
     * @param task the name of its task
     * @param id its id
     * @return the result; a call of a sequence is cancelled in any place
     * @throws StoreException if the database has failed
     */
    public Change cancel(String task, String id) {
        Cancelled cancelled = database.transaction("a call could not be cancelled", connection -> {
            Optional<Row> found = row(connection, task, id, " FOR UPDATE");
            boolean isRunning = found.isPresent() && found.get().call().state() == PendingCall.State.RUNNING;
            if (found.isEmpty() || (isRunning && !isLost(connection, found.get()))) {
                return new Cancelled(unchanged(found), Optional.empty());
            }
            Row row = found.get();
            DeadLetter letter = DeadLetterFactory.cancelled(row.row(), row.envelope(), time.wallTime());
            giveUp.move(connection, row.row(), new DeadLetterStatements.Stored(letter, row.stored(), Optional.empty()));
            Optional<String> sequence = row.call().call().sequence();
            boolean isUnclear = sequences.next(connection, sequence);
            return new Cancelled(Change.CHANGED, sequence.filter(next -> isUnclear));
        });
        cancelled.unclear().ifPresent(sequences::nextAfterCommit);
        return cancelled.change();
    }

    /**
     * The result of a cancellation.
     *
     * @param unclear the sequence whose next call has to be looked for
     */
    private record Cancelled(Change change, Optional<String> unclear) {}

    /** A call and its row. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Row(
            PendingCall call,
            CallRow row,
            Optional<Envelope> envelope,
            byte[] stored,
            Optional<Owner> owner,
            Instant lastHeartbeat) {}

    private Optional<Row> row(Connection connection, String task, String id, String lock) throws SQLException {
        Instant now = time.wallTime();
        return database.first(
                connection, "SELECT " + COLUMNS + " FROM {tasks}" + OF_CALL + lock, row -> row(row, now), task, id);
    }

    private Row row(ResultSet row, Instant now) throws SQLException {
        byte[] stored = StoredCall.of(row.getBytes("task_data"), null).envelope();
        Optional<Envelope> envelope = Envelope.readable(stored);
        Instant due = database.instant(row, "execution_time").orElseThrow();
        Optional<Instant> deferred = database.instant(row, "deferred_until");
        CallRow own = new CallRow(row.getString("task_name"), row.getString("task_instance"), row.getLong("version"));
        Optional<String> owner = Optional.ofNullable(row.getString("picked_by"));
        Optional<Instant> heartbeat = database.instant(row, "last_heartbeat");
        PendingCall call = new PendingCall(
                DeadLetterFactory.call(own, envelope, Optional.ofNullable(row.getString("call_sequence"))),
                state(row, due.isAfter(now), deferred.isPresent()),
                database.instant(row, "enqueued_at"),
                deferred.orElse(due),
                envelope.map(Envelope::attempts).orElse(0),
                Optional.ofNullable(row.getString("last_error")).orElse(""),
                owner.map(text -> Owner.of(text).map(Owner::name).orElse(text)),
                heartbeat.map(last -> last.isAfter(now) ? Duration.ZERO : Duration.between(last, now)));
        return new Row(call, own, envelope, stored, owner.flatMap(Owner::of), heartbeat.orElse(Instant.MAX));
    }

    private static PendingCall.State state(ResultSet row, boolean isLater, boolean isDeferred) throws SQLException {
        if (row.getBoolean("picked")) {
            return PendingCall.State.RUNNING;
        }
        if (row.getBoolean("waits_in_sequence")) {
            return PendingCall.State.IN_SEQUENCE;
        }
        if (!isLater) {
            return PendingCall.State.DUE;
        }
        return isDeferred ? PendingCall.State.DEFERRED : PendingCall.State.SCHEDULED;
    }
}
