package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The statements on the rows and dead letters of a sequence. */
final class SequenceStatements {

    private static final String OWN_VERSION = " WHERE task_name = ? AND task_instance = ? AND version = ?";

    private final CallDatabase database;

    SequenceStatements(CallDatabase database) {
        this.database = database;
    }

    /**
     * The place of a call in a sequence.
     *
     * @param sequence the name of the sequence
     * @param position the position, smaller than the positions of the calls behind it; empty for the end
     */
    record Place(String sequence, Optional<Long> position) {

        static Place last(String sequence) {
            return new Place(sequence, Optional.empty());
        }

        /** Returns the place in the columns of a row; empty if its call is in no sequence. */
        static Optional<Place> of(ResultSet row) throws SQLException {
            long position = row.getLong("sequence_position");
            return Optional.ofNullable(row.getString("call_sequence"))
                    .map(sequence -> new Place(sequence, Optional.of(position)));
        }
    }

    /** The result of a look at the earlier calls. */
    enum Turn {
        HAS_COME,
        /** The row was put back until its turn comes. */
        WAITS,
        /** The row is gone, or another instance has taken it over. */
        LOST,
        /** The earlier call has ended, was moved in between, or is locked. */
        UNCLEAR
    }

    /**
     * Returns whether the turn of a picked call has come, and puts its row back if it has to wait. An earlier row or dead letter is
     * locked against its removal then: its end, which wakes the next call, comes after the commit of this transaction.
     */
    Turn look(Connection connection, CallRow row, Envelope envelope, String sequence) throws SQLException {
        return database.dialect() == DurableDialect.POSTGRESQL
                ? lookTogether(connection, row, envelope, sequence)
                : lookInSteps(connection, row, envelope, sequence);
    }

    private Turn lookTogether(Connection connection, CallRow row, Envelope envelope, String sequence)
            throws SQLException {
        String earlier = " WHERE call_sequence = ? AND sequence_position < (SELECT sequence_position FROM own)";
        String locked = earlier + " ORDER BY sequence_position LIMIT 1 FOR KEY SHARE SKIP LOCKED)";
        PutBack putBack = PutBack.of(envelope);
        List<Object> values = new ArrayList<>(List.of(row.task(), row.id(), row.version(), sequence, sequence));
        values.addAll(putBack.values(true));
        values.addAll(List.of(row.task(), row.id(), row.version(), sequence, sequence));
        return database.first(
                        connection,
                        "WITH own AS (SELECT sequence_position FROM {tasks}" + OWN_VERSION + "),"
                                + " call_before AS (SELECT 1 FROM {tasks}" + locked
                                + ", letter_before AS (SELECT 1 FROM {letters}" + locked
                                + ", put_back AS (" + putBack.sql() + OWN_VERSION
                                + " AND (EXISTS (SELECT 1 FROM call_before) OR EXISTS (SELECT 1 FROM letter_before)) RETURNING 1)"
                                + " SELECT CASE WHEN EXISTS (SELECT 1 FROM put_back) THEN 'WAITS'"
                                + " WHEN NOT EXISTS (SELECT 1 FROM own) THEN 'LOST'"
                                + " WHEN EXISTS (SELECT 1 FROM {tasks}" + earlier
                                + ") OR EXISTS (SELECT 1 FROM {letters}"
                                + earlier + ") THEN 'UNCLEAR' ELSE 'HAS_COME' END AS turn",
                        result -> Turn.valueOf(result.getString("turn")),
                        values.toArray())
                .orElseThrow();
    }

    private Turn lookInSteps(Connection connection, CallRow row, Envelope envelope, String sequence)
            throws SQLException {
        Optional<Long> position = database.first(
                connection,
                "SELECT sequence_position FROM {tasks}" + OWN_VERSION,
                own -> own.getLong("sequence_position"),
                row.task(),
                row.id(),
                row.version());
        if (position.isEmpty()) {
            return Turn.LOST;
        }
        Optional<First> earlier = firstBefore(connection, position.get(), sequence);
        if (earlier.isEmpty()) {
            return Turn.HAS_COME;
        }
        if (!lock(connection, earlier.get())) {
            return Turn.UNCLEAR;
        }
        putBack(connection, row, envelope, Optional.empty());
        return Turn.WAITS;
    }

    /** The first of a sequence: a row of the tasks, or a dead letter if it has no id. */
    private record First(String name, Optional<String> id) {}

    /** One statement, so that a call that is moved to the dead letters or back is seen in one of the two places. */
    private Optional<First> firstBefore(Connection connection, long position, String sequence) throws SQLException {
        String earlier = " WHERE call_sequence = ? AND sequence_position < ? ORDER BY sequence_position LIMIT 1)";
        return database.first(
                connection,
                "(SELECT task_name AS name, task_instance AS id, sequence_position AS place FROM {tasks}" + earlier
                        + " UNION ALL (SELECT letter_id AS name, NULL AS id, sequence_position AS place FROM {letters}"
                        + earlier + " ORDER BY place LIMIT 1",
                first -> new First(first.getString("name"), Optional.ofNullable(first.getString("id"))),
                sequence,
                position,
                sequence,
                position);
    }

    /** Returns whether the row exists and is not locked; if so, it exists until the end of the transaction. */
    private boolean lock(Connection connection, First first) throws SQLException {
        String query = first.id().isPresent()
                ? "SELECT version FROM {tasks} WHERE task_name = ? AND task_instance = ?"
                : "SELECT attempts FROM {letters} WHERE letter_id = ?";
        List<Object> values = new ArrayList<>(List.of(first.name()));
        first.id().ifPresent(values::add);
        return database.first(
                        connection,
                        query + database.dialect().againstRemoval() + " SKIP LOCKED",
                        row -> row.getLong(1),
                        values.toArray())
                .isPresent();
    }

    /**
     * Puts a picked row back.
     *
     * @param due the time from which it looks again; empty if it waits until it is woken
     */
    void putBack(Connection connection, CallRow row, Envelope envelope, Optional<Instant> due) throws SQLException {
        PutBack putBack = PutBack.of(envelope);
        List<Object> values = new ArrayList<>(putBack.values(due.isEmpty()));
        due.ifPresent(values::add);
        values.addAll(List.of(row.task(), row.id(), row.version()));
        database.update(
                connection,
                putBack.sql() + (due.isPresent() ? ", execution_time = ?" : "") + OWN_VERSION,
                values.toArray());
    }

    /**
     * The change of a row that is put back. It changes nothing if another instance has the row since. A call that has not begun has
     * lost no attempt either.
     *
     * @param unbegun the envelope of a call whose look was lost; empty if the stored one remains
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record PutBack(Optional<byte[]> unbegun) {

        static PutBack of(Envelope envelope) {
            boolean isLookLost = envelope.progress().lostAt().isPresent()
                    && envelope.progress().state().isEmpty();
            return new PutBack(isLookLost ? Optional.of(envelope.replayed().encode()) : Optional.empty());
        }

        String sql() {
            return "UPDATE {tasks} SET picked = ?, picked_by = NULL, last_heartbeat = NULL, version = version + 1"
                    + (unbegun.isPresent() ? ", task_data = ?" : "") + ", waits_in_sequence = ?";
        }

        List<Object> values(boolean waits) {
            List<Object> values = new ArrayList<>(List.of(false));
            unbegun.ifPresent(values::add);
            values.add(waits);
            return values;
        }
    }

    /**
     * Makes the first call of a sequence due, if it waits and no dead letter is before it. It looks no more then: no other call can
     * come before it. A row that is locked is passed over. A transaction with the snapshot of its beginning lacks later rows.
     *
     * @return whether a call may still wait whose turn has come
     */
    boolean wake(Connection connection, String sequence, Instant now) throws SQLException {
        if (database.dialect() != DurableDialect.POSTGRESQL) {
            wake(connection, first(connection, sequence, " FOR UPDATE SKIP LOCKED"), now);
            return true;
        }
        String isHead = " call_sequence = ? AND sequence_position ="
                + " (SELECT MIN(sequence_position) FROM {tasks} WHERE call_sequence = ?) AND waits_in_sequence"
                + " AND NOT EXISTS (SELECT 1 FROM {letters} AS letter WHERE letter.call_sequence = ?"
                + " AND letter.sequence_position < head.sequence_position)";
        return database.first(
                        connection,
                        "WITH woken AS (UPDATE {tasks} SET execution_time = GREATEST(execution_time, ?),"
                                + " waits_in_sequence = FALSE, turn_has_come = TRUE WHERE ctid = ANY (ARRAY("
                                + "SELECT ctid FROM {tasks} AS head WHERE" + isHead
                                + " FOR UPDATE SKIP LOCKED)) RETURNING 1) SELECT NOT EXISTS (SELECT 1 FROM woken)"
                                + " AND (EXISTS (SELECT 1 FROM {tasks} AS head WHERE" + isHead + ")"
                                + " OR current_setting('transaction_isolation') <> 'read committed') AS remains",
                        result -> result.getBoolean("remains"),
                        now,
                        sequence,
                        sequence,
                        sequence,
                        sequence,
                        sequence,
                        sequence)
                .orElseThrow();
    }

    /** Makes the first call of a sequence due, if it waits. Its row is waited for if it is locked. */
    void wakeLocked(Connection connection, String sequence, Instant now) throws SQLException {
        wake(connection, first(connection, sequence, ""), now);
    }

    /** Returns the sequences whose first call waits though nothing is before it: a row or a dead letter was deleted by hand. */
    List<String> stuck(Connection connection) throws SQLException {
        return database.list(
                connection,
                "SELECT head.call_sequence FROM (SELECT call_sequence, MIN(sequence_position) AS place FROM {tasks}"
                        + " WHERE call_sequence IS NOT NULL GROUP BY call_sequence) AS first_places JOIN {tasks} AS head"
                        + " ON head.call_sequence = first_places.call_sequence AND head.sequence_position = place"
                        + " WHERE head.waits_in_sequence = TRUE AND NOT EXISTS (SELECT 1 FROM {letters} AS letter"
                        + " WHERE letter.call_sequence = head.call_sequence"
                        + " AND letter.sequence_position < head.sequence_position)",
                row -> row.getString("call_sequence"));
    }

    /** The identity of a row. */
    private record Name(String task, String id) {}

    /** A locked row is read as it is. Otherwise MariaDB would show it as it was when the transaction began. */
    private Optional<Name> first(Connection connection, String sequence, String lock) throws SQLException {
        return database.first(
                connection,
                "SELECT task_name, task_instance FROM {tasks} WHERE call_sequence = ? ORDER BY sequence_position LIMIT 1"
                        + lock,
                row -> new Name(row.getString("task_name"), row.getString("task_instance")),
                sequence);
    }

    /** A call that has begun waits for its own retry, and one that is picked looks by itself. This one looks when it is picked. */
    private void wake(Connection connection, Optional<Name> first, Instant now) throws SQLException {
        if (first.isPresent()) {
            database.update(
                    connection,
                    "UPDATE {tasks} SET execution_time = GREATEST(execution_time, ?), waits_in_sequence = FALSE"
                            + " WHERE task_name = ? AND task_instance = ? AND waits_in_sequence = TRUE",
                    now,
                    first.get().task(),
                    first.get().id());
        }
    }
}
