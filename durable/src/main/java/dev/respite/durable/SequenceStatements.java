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

    /** The place of a picked call. */
    record Own(long position, boolean waits) {}

    /** Returns empty if the row was taken over by another instance, or is gone. */
    Optional<Own> own(Connection connection, CallRow row) throws SQLException {
        return database.first(
                connection,
                "SELECT sequence_position, waits_in_sequence FROM {tasks}" + OWN_VERSION,
                own -> new Own(own.getLong("sequence_position"), own.getBoolean("waits_in_sequence")),
                row.task(),
                row.id(),
                row.version());
    }

    /** The first of a sequence: a row of the tasks, or a dead letter if it has no id. */
    record First(String name, Optional<String> id) {}

    /** One statement, so that a call that is moved to the dead letters or back is seen in one of the two places. */
    Optional<First> firstBefore(Connection connection, long position, String sequence) throws SQLException {
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
    boolean lock(Connection connection, First first) throws SQLException {
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

    /** Its turn has come without the end of a call before it; a later end must not shorten its backoff. */
    void begin(Connection connection, CallRow row) throws SQLException {
        database.update(
                connection,
                "UPDATE {tasks} SET waits_in_sequence = ?" + OWN_VERSION,
                false,
                row.task(),
                row.id(),
                row.version());
    }

    /** Changes nothing if another instance has the row since. A call that has not begun has lost no attempt either. */
    void putBack(Connection connection, CallRow row, Envelope envelope, Instant due) throws SQLException {
        boolean nothingLost = envelope.progress().lostAt().isPresent()
                && envelope.progress().state().isEmpty();
        List<Object> values = new ArrayList<>(List.of(false, due, true));
        if (nothingLost) {
            values.add(envelope.replayed().encode());
        }
        values.addAll(List.of(row.task(), row.id(), row.version()));
        database.update(
                connection,
                "UPDATE {tasks} SET picked = ?, picked_by = NULL, last_heartbeat = NULL, execution_time = ?,"
                        + " waits_in_sequence = ?," + (nothingLost ? " task_data = ?," : "") + " version = version + 1"
                        + OWN_VERSION,
                values.toArray());
    }

    /** The identity of a row. */
    record Name(String task, String id) {}

    Optional<Name> first(Connection connection, String sequence, String lock) throws SQLException {
        return database.first(
                connection,
                "SELECT task_name, task_instance FROM {tasks} WHERE call_sequence = ? ORDER BY sequence_position LIMIT 1"
                        + lock,
                row -> new Name(row.getString("task_name"), row.getString("task_instance")),
                sequence);
    }

    /** Makes a call due. One that has begun waits for its own retry, and one that is picked looks by itself. */
    void wake(Connection connection, Optional<Name> first, Instant now) throws SQLException {
        if (first.isPresent()) {
            database.update(
                    connection,
                    "UPDATE {tasks} SET execution_time = ?, waits_in_sequence = ? WHERE task_name = ? AND task_instance = ?"
                            + " AND waits_in_sequence = ? AND picked = ?",
                    now,
                    false,
                    first.get().task(),
                    first.get().id(),
                    true,
                    false);
        }
    }
}
