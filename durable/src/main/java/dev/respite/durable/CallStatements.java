package dev.respite.durable;

import com.github.kagkarlsson.scheduler.task.Execution;
import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.Envelope.StoredCall;
import dev.respite.logging.FailureText;
import dev.respite.time.TimeSource;
import java.io.Serial;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The statements that add, remove and count the rows of calls. */
final class CallStatements {

    /** The rows that are sent to the database at once. */
    private static final int BATCH = 500;

    /** The length of the column. */
    private static final int MAX_ERROR = 200;

    private static final String OWN_VERSION = " WHERE task_name = ? AND task_instance = ? AND version = ?";

    private final CallDatabase database;

    CallStatements(CallDatabase database) {
        this.database = database;
    }

    /**
     * The row of a call that is being run: its identity, and the version that shows whether it was taken over.
     *
     * @param task the name of the task
     * @param id the id of the call
     * @param version the version of the row when it was picked
     */
    record CallRow(String task, String id, long version) {

        static CallRow of(Execution execution) {
            return new CallRow(execution.getTaskName(), execution.getId(), execution.version);
        }
    }

    /**
     * A call that is added.
     *
     * @param task the name of the task
     * @param id the id of the call
     * @param envelope the bytes of its envelope
     * @param due the time from which it is due
     * @param enqueued the time at which it is added
     * @param place its place in a sequence; empty if it is in none. The database counts the positions, unless a call comes back to
     *     the one it had
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Added(
            String task,
            String id,
            byte[] envelope,
            Instant due,
            Instant enqueued,
            Optional<SequenceStatements.Place> place) {}

    /** Adds a row. */
    void insert(Connection connection, Added call, byte[] data) throws SQLException {
        Insertion insertion = Insertion.of(call, "?", data);
        database.update(connection, insertion.sql(), insertion.values());
    }

    /** A call that is added, and its data. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record NewCall(Added call, byte[] data) {}

    /** Adds rows, which are all in the same sequence or in none, at its end. */
    void insertAll(Connection connection, List<NewCall> added) throws SQLException {
        for (int from = 0; from < added.size(); from += BATCH) {
            List<Object[]> rows = new ArrayList<>(BATCH);
            for (NewCall each : added.subList(from, Math.min(added.size(), from + BATCH))) {
                rows.add(Insertion.of(each.call(), "?", each.data()).values());
            }
            database.batch(connection, Insertion.AT_THE_END, rows);
        }
    }

    /** Adds a row with the data of a dead letter, which stays in the database. */
    CallRow insert(Connection connection, Added call, String letterId) throws SQLException {
        Insertion insertion = Insertion.of(call, "(SELECT call_data FROM {letters} WHERE letter_id = ?)", letterId);
        database.update(connection, insertion.sql(), insertion.values());
        return new CallRow(call.task(), call.id(), insertion.version());
    }

    /**
     * Adds a row, unless its task has one with this id. The transaction goes on in both cases.
     *
     * @return whether it was added
     */
    boolean insertIfAbsent(Connection connection, Added call, byte[] data) throws SQLException {
        Insertion insertion = Insertion.of(call, "?", data);
        return switch (database.dialect()) {
            case POSTGRESQL ->
                database.update(connection, insertion.sql() + " ON CONFLICT DO NOTHING", insertion.values()) == 1;
            // The count of rows depends on the settings of the driver.
            case MARIADB ->
                database.first(
                                connection,
                                insertion.sql()
                                        + " ON DUPLICATE KEY UPDATE task_name = {tasks}.task_name RETURNING version",
                                row -> row.getLong("version"),
                                insertion.values())
                        .equals(Optional.of(insertion.version()));
            // The failure of a statement does not end a transaction of H2.
            case H2 -> {
                try {
                    yield database.update(connection, insertion.sql(), insertion.values()) == 1;
                } catch (SQLIntegrityConstraintViolationException present) {
                    yield false;
                }
            }
        };
    }

    /**
     * An insertion.
     *
     * @param version the version of the row: a random number of 62 bits, which each pick and update counts up. If every row began
     *     with 1, an instance that was paused in a call would match the version of a later call with the same id, and commit in its
     *     place
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Insertion(String sql, Object[] values, long version) {

        private static final String AT_THE_END = sql("?", false);

        static Insertion of(Added call, String data, Object dataValue) {
            long version = UUID.randomUUID().getLeastSignificantBits() & Long.MAX_VALUE >>> 1;
            Optional<Long> position = call.place().flatMap(SequenceStatements.Place::position);
            List<Object> values = new ArrayList<>(List.of(
                    call.task(),
                    call.id(),
                    call.envelope(),
                    call.due(),
                    version,
                    call.place().map(SequenceStatements.Place::sequence),
                    call.enqueued(),
                    dataValue));
            position.ifPresent(values::add);
            return new Insertion(sql(data, position.isPresent()), values.toArray(), version);
        }

        private static String sql(String data, boolean hasPosition) {
            return "INSERT INTO {tasks} (task_name, task_instance, task_data, execution_time, picked, version,"
                    + " call_sequence, enqueued_at, call_data" + (hasPosition ? ", sequence_position" : "")
                    + ") VALUES (?, ?, ?, ?, FALSE, ?, ?, ?, " + data + (hasPosition ? ", ?)" : ")");
        }
    }

    /** Returns the envelope of a call and whether it has this data; empty if its row is gone. */
    Optional<Present> present(Connection connection, String task, String id, byte[] data) throws SQLException {
        // MariaDB would return the row as it was when the transaction began.
        String lock = database.dialect() == DurableDialect.MARIADB ? " FOR UPDATE" : "";
        return database.first(
                connection,
                "SELECT task_data, CASE WHEN call_data = ? THEN 1 ELSE 0 END AS is_same FROM {tasks}"
                        + " WHERE task_name = ? AND task_instance = ?" + lock,
                row -> new Present(
                        StoredCall.of(row.getBytes("task_data"), null).envelope(), row.getInt("is_same") == 1),
                data,
                task,
                id);
    }

    /** A call that is present. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Present(byte[] envelope, boolean hasSameData) {}

    /**
     * Removes a row in the transaction of the connection.
     *
     * @throws LostRowException if it has another version, or is gone
     */
    void remove(Connection connection, CallRow row) throws SQLException {
        int removed = database.update(
                connection,
                database.dialect().beyondSnapshot() + "DELETE FROM {tasks}" + OWN_VERSION,
                row.task(),
                row.id(),
                row.version());
        if (removed != 1) {
            throw lost(row);
        }
    }

    /**
     * Locks a row that is to be moved, and returns the place of its call.
     *
     * @throws LostRowException if it has another version, or is gone
     */
    Optional<SequenceStatements.Place> lock(Connection connection, CallRow row) throws SQLException {
        return database.first(
                        connection,
                        database.dialect().beyondSnapshot() + "SELECT call_sequence, sequence_position FROM {tasks}"
                                + OWN_VERSION + " FOR UPDATE",
                        SequenceStatements.Place::of,
                        row.task(),
                        row.id(),
                        row.version())
                .orElseThrow(() -> lost(row));
    }

    /** Another instance has taken the call over: what this attempt did is rolled back, and it decides nothing. */
    static final class LostRowException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        LostRowException(String message) {
            super(message);
        }
    }

    static LostRowException lost(CallRow row) {
        return new LostRowException("call '" + row.id() + "' of task '" + row.task()
                + "' was taken over by another instance, or has ended there, while this one ran an attempt");
    }

    /**
     * Makes a picked call due. A row that is locked is passed over, since its transaction may have frozen with the instance that
     * began it; so is one of another version. The instance that has picked the row cannot end the call any more.
     */
    void release(Connection connection, CallRow row, byte[] envelope, Instant due) throws SQLException {
        if (isUnlocked(connection, row)) {
            releaseLocked(connection, row, envelope, due);
        }
    }

    /** Makes a picked call due whose row is locked in this transaction. */
    void releaseLocked(Connection connection, CallRow row, byte[] envelope, Instant due) throws SQLException {
        database.update(
                connection,
                "UPDATE {tasks} SET picked = ?, picked_by = NULL, last_heartbeat = NULL, last_failure = ?,"
                        + " execution_time = ?, task_data = ?, version = version + 1" + OWN_VERSION,
                false,
                database.time().wallTime(),
                due,
                envelope,
                row.task(),
                row.id(),
                row.version());
    }

    /**
     * Puts a picked call back that has not begun. It is due as it was, also if it was picked as a deferred retry.
     *
     * @throws LostRowException if the row has another version, or is gone
     */
    void putBack(CallRow row) throws SQLException {
        int updated = database.single(connection -> database.update(
                connection,
                "UPDATE {tasks} SET execution_time = LEAST(execution_time, ?), picked = ?, picked_by = NULL,"
                        + " last_heartbeat = NULL, version = version + 1" + OWN_VERSION,
                database.time().wallTime(),
                false,
                row.task(),
                row.id(),
                row.version()));
        if (updated != 1) {
            throw lost(row);
        }
    }

    /**
     * Stores the next time of a call, and its state. No column of its data is named, so its data is not written again.
     *
     * @throws LostRowException if the row has another version, or is gone
     */
    void reschedule(CallRow row, Instant due, Optional<Instant> deferredUntil, Envelope envelope) throws SQLException {
        String error = FailureText.bounded(envelope.progress().lastError(), MAX_ERROR);
        int updated = database.single(connection -> database.update(
                connection,
                "UPDATE {tasks} SET execution_time = ?, deferred_until = ?, task_data = ?, last_error = ?, picked = ?,"
                        + " picked_by = NULL, last_heartbeat = NULL, last_failure = ?, version = version + 1"
                        + OWN_VERSION,
                due,
                deferredUntil,
                envelope.encode(),
                error,
                false,
                database.time().wallTime(),
                row.task(),
                row.id(),
                row.version()));
        if (updated != 1) {
            throw lost(row);
        }
    }

    /** Locks a row until the end of the transaction, unless it is locked, is gone or has another version. */
    boolean isUnlocked(Connection connection, CallRow row) throws SQLException {
        return database.first(
                        connection,
                        "SELECT version FROM {tasks}" + OWN_VERSION + " FOR UPDATE SKIP LOCKED",
                        own -> own.getLong("version"),
                        row.task(),
                        row.id(),
                        row.version())
                .isPresent();
    }

    private record Calls(String task, long all, long running, long due, Optional<Instant> oldest) {}

    private record Letters(String task, DeadLetter.State state, long letters) {}

    /** Counts the calls, by two queries that read both tables. */
    DurableStats stats(Connection connection) throws SQLException {
        TimeSource time = database.time();
        Instant now = time.wallTime();
        String due = "CASE WHEN picked = FALSE AND waits_in_sequence = FALSE AND execution_time <= ? THEN ";
        List<Calls> calls = database.list(
                connection,
                "SELECT task_name, COUNT(*) AS calls, SUM(CASE WHEN picked = TRUE THEN 1 ELSE 0 END) AS running, SUM("
                        + due + "1 ELSE 0 END) AS due, MIN(" + due
                        + "execution_time END) AS oldest FROM {tasks} GROUP BY task_name",
                row -> new Calls(
                        row.getString("task_name"),
                        row.getLong("calls"),
                        row.getLong("running"),
                        row.getLong("due"),
                        database.instant(row, "oldest")),
                now,
                now);
        List<Letters> letters = database.list(
                connection,
                "SELECT task_name, state, COUNT(*) AS letters FROM {letters} GROUP BY task_name, state",
                row -> new Letters(
                        row.getString("task_name"),
                        DeadLetter.State.valueOf(row.getString("state")),
                        row.getLong("letters")));
        Map<String, DurableStats.OfTask> tasks = new HashMap<>();
        letters.forEach(each -> tasks.merge(
                each.task(),
                new DurableStats.OfTask(0, 0, 0, Duration.ZERO, Map.of(each.state(), each.letters())),
                CallStatements::sum));
        calls.forEach(each -> tasks.merge(each.task(), ofTask(each, now), CallStatements::sum));
        return new DurableStats(tasks, time instanceof DatabaseTime measured ? measured.offset() : Duration.ZERO);
    }

    private static DurableStats.OfTask ofTask(Calls calls, Instant now) {
        Duration lag = calls.oldest()
                .map(oldest -> Duration.between(oldest, now))
                .filter(time -> !time.isNegative())
                .orElse(Duration.ZERO);
        long scheduled = Math.max(0, calls.all() - calls.due() - calls.running());
        return new DurableStats.OfTask(calls.due(), calls.running(), scheduled, lag, Map.of());
    }

    /** The first one has dead letters only. */
    private static DurableStats.OfTask sum(DurableStats.OfTask letters, DurableStats.OfTask other) {
        Map<DeadLetter.State, Long> states = new EnumMap<>(DeadLetter.State.class);
        states.putAll(letters.deadLetters());
        states.putAll(other.deadLetters());
        return new DurableStats.OfTask(other.due(), other.running(), other.scheduled(), other.lag(), states);
    }
}
