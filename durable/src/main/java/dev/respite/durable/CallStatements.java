package dev.respite.durable;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The statements that add, remove and count the rows of calls. */
final class CallStatements {

    private static final String OWN_VERSION = " WHERE task_name = ? AND task_instance = ? AND version = ?";

    private final CallDatabase database;

    CallStatements(CallDatabase database) {
        this.database = database;
    }

    /** Adds a row. The database counts the positions of a sequence, unless a call comes back to the one it had. */
    void insert(
            Connection connection, String task, String id, byte[] envelope, Instant due, Optional<SequencePlace> place)
            throws SQLException {
        List<Object> values = new ArrayList<>(
                List.of(task, id, envelope, due, false, firstVersion(), place.map(SequencePlace::sequence)));
        Optional<Long> position = place.flatMap(SequencePlace::position);
        position.ifPresent(values::add);
        database.update(
                connection,
                "INSERT INTO {tasks} (task_name, task_instance, task_data, execution_time, picked, version, call_sequence"
                        + (position.isPresent() ? ", sequence_position" : "") + ") VALUES ("
                        + String.join(", ", Collections.nCopies(values.size(), "?")) + ")",
                values.toArray());
    }

    /**
     * Returns a random number of 62 bits, which each pick and update counts up. If every row began with 1, an instance that was
     * paused in a call would match the version of a later call with the same id, and commit in its place.
     */
    private static long firstVersion() {
        return UUID.randomUUID().getLeastSignificantBits() & Long.MAX_VALUE >>> 1;
    }

    /**
     * Removes a row in the transaction of the connection.
     *
     * @throws LostRowException if it has another version, or is gone
     */
    void remove(Connection connection, CallRow row) throws SQLException {
        int removed =
                database.update(connection, "DELETE FROM {tasks}" + OWN_VERSION, row.task(), row.id(), row.version());
        if (removed != 1) {
            throw new LostRowException("call '" + row.id() + "' of task '" + row.task()
                    + "' was taken over by another instance, or has ended there, while this one ran an attempt");
        }
    }

    /**
     * Makes a picked call due. A row that is locked is passed over, since its transaction may have frozen with the instance that
     * began it; so is one of another version.
     */
    void release(Connection connection, CallRow row, byte[] envelope, Instant due) throws SQLException {
        if (isUnlocked(connection, row)) {
            database.update(
                    connection,
                    "UPDATE {tasks} SET picked = ?, picked_by = NULL, last_heartbeat = NULL, last_failure = ?,"
                            + " execution_time = ?, task_data = ?, version = version + 1" + OWN_VERSION,
                    false,
                    due,
                    due,
                    envelope,
                    row.task(),
                    row.id(),
                    row.version());
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

    private record DueCalls(long calls, Optional<Instant> oldest) {}

    private record AllCalls(long calls, long running) {}

    private record LettersOfState(DeadLetter.State state, long calls) {}

    /** Counts the calls, by three queries that read both tables. */
    DurableStats stats(Connection connection, Instant now) throws SQLException {
        DueCalls due = database.first(
                        connection,
                        "SELECT COUNT(*) AS calls, MIN(execution_time) AS oldest FROM {tasks}"
                                + " WHERE picked = ? AND execution_time <= ?",
                        row -> new DueCalls(row.getLong("calls"), database.time(row, "oldest")),
                        false,
                        now)
                .orElseThrow();
        AllCalls all = database.first(
                        connection,
                        "SELECT COUNT(*) AS calls, SUM(CASE WHEN picked = ? THEN 1 ELSE 0 END) AS running FROM {tasks}",
                        row -> new AllCalls(row.getLong("calls"), row.getLong("running")),
                        true)
                .orElseThrow();
        List<LettersOfState> letters = database.list(
                connection,
                "SELECT state, COUNT(*) AS calls FROM {letters} GROUP BY state",
                row -> new LettersOfState(DeadLetter.State.valueOf(row.getString("state")), row.getLong("calls")));
        return new DurableStats(
                due.calls(),
                all.running(),
                Math.max(0, all.calls() - due.calls() - all.running()),
                due.oldest(),
                new DurableStats.DeadLetterCounts(
                        count(letters, DeadLetter.State.DEAD),
                        count(letters, DeadLetter.State.PAUSED),
                        count(letters, DeadLetter.State.PARKED)));
    }

    private static long count(List<LettersOfState> letters, DeadLetter.State state) {
        return letters.stream()
                .filter(each -> each.state() == state)
                .mapToLong(LettersOfState::calls)
                .sum();
    }
}
