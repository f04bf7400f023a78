package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** The statements on the rows and dead letters of a sequence. */
final class SequenceStatements {

    private static final String OWN_VERSION = " WHERE task_name = ? AND task_instance = ? AND version = ?";

    private final DurableTables tables;
    private final DurableDialect dialect;
    private final JdbcCustomization binding;

    SequenceStatements(DurableTables tables, DurableDialect dialect) {
        this.tables = tables;
        this.dialect = dialect;
        this.binding = dialect.customization();
    }

    /** The row of the call that is looked at. */
    record Own(long position, boolean waits) {}

    /** Empty if the row was taken over by another instance, or is gone. */
    Optional<Own> own(Connection connection, CallRow row) throws SQLException {
        String query = "SELECT sequence_position, waits_in_sequence FROM " + tables.tasks() + OWN_VERSION;
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            bind(statement, 1, row);
            try (ResultSet own = statement.executeQuery()) {
                return own.next()
                        ? Optional.of(new Own(own.getLong("sequence_position"), own.getBoolean("waits_in_sequence")))
                        : Optional.empty();
            }
        }
    }

    /** The first of a sequence: a row of the tasks, or a dead letter if it has no id. */
    record First(String name, Optional<String> id) {}

    /** One statement, so that a call that is moved to the dead letters or back is seen in one of the two places. */
    Optional<First> firstBefore(Connection connection, long position, String sequence) throws SQLException {
        String earlier = " WHERE call_sequence = ? AND sequence_position < ? ORDER BY sequence_position LIMIT 1)";
        String query = "(SELECT task_name AS name, task_instance AS id, sequence_position AS place FROM "
                + tables.tasks() + earlier
                + " UNION ALL (SELECT letter_id AS name, NULL AS id, sequence_position AS place FROM "
                + tables.deadLetters() + earlier
                + " ORDER BY place LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int part = 0; part < 2; part++) {
                statement.setString(2 * part + 1, sequence);
                statement.setLong(2 * part + 2, position);
            }
            try (ResultSet first = statement.executeQuery()) {
                return first.next()
                        ? Optional.of(new First(first.getString("name"), Optional.ofNullable(first.getString("id"))))
                        : Optional.empty();
            }
        }
    }

    /** Returns whether the row still exists; if so, it does until the end of the transaction. */
    boolean lock(Connection connection, First first) throws SQLException {
        String query = first.id().isPresent()
                ? "SELECT version FROM " + tables.tasks() + " WHERE task_name = ? AND task_instance = ?"
                : "SELECT attempts FROM " + tables.deadLetters() + " WHERE letter_id = ?";
        try (PreparedStatement statement = connection.prepareStatement(query + dialect.againstRemoval())) {
            statement.setString(1, first.name());
            if (first.id().isPresent()) {
                statement.setString(2, first.id().get());
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Its turn has come without the end of a call before it; a later end must not shorten its backoff. */
    void begin(Connection connection, CallRow row) throws SQLException {
        String update = "UPDATE " + tables.tasks() + " SET waits_in_sequence = ?" + OWN_VERSION;
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setBoolean(1, false);
            bind(statement, 2, row);
            statement.executeUpdate();
        }
    }

    /** Changes nothing if another instance has the row since. A call that has not begun has lost no attempt either. */
    void putBack(Connection connection, CallRow row, Envelope envelope, Instant due) throws SQLException {
        boolean nothingLost = envelope.progress().lostAt().isPresent()
                && envelope.progress().state().isEmpty();
        String update = "UPDATE " + tables.tasks()
                + " SET picked = ?, picked_by = NULL, last_heartbeat = NULL, execution_time = ?, waits_in_sequence = ?,"
                + (nothingLost ? " task_data = ?," : "") + " version = version + 1" + OWN_VERSION;
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            int index = 1;
            statement.setBoolean(index++, false);
            binding.setInstant(statement, index++, due);
            statement.setBoolean(index++, true);
            if (nothingLost) {
                binding.setTaskData(statement, index++, envelope.replayed().encode());
            }
            bind(statement, index, row);
            statement.executeUpdate();
        }
    }

    /** The identity of a row. */
    record Name(String task, String id) {}

    Optional<Name> first(Connection connection, String sequence, String lock) throws SQLException {
        String query = "SELECT task_name, task_instance FROM " + tables.tasks()
                + " WHERE call_sequence = ? ORDER BY sequence_position LIMIT 1" + lock;
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, sequence);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Name(row.getString("task_name"), row.getString("task_instance")))
                        : Optional.empty();
            }
        }
    }

    /** One that has begun waits for its own retry, and one that is picked looks by itself. */
    void wake(Connection connection, Optional<Name> first, Instant now) throws SQLException {
        if (first.isEmpty()) {
            return;
        }
        String wake = "UPDATE " + tables.tasks()
                + " SET execution_time = ?, waits_in_sequence = ? WHERE task_name = ? AND task_instance = ?"
                + " AND waits_in_sequence = ? AND picked = ?";
        try (PreparedStatement update = connection.prepareStatement(wake)) {
            binding.setInstant(update, 1, now);
            update.setBoolean(2, false);
            update.setString(3, first.get().task());
            update.setString(4, first.get().id());
            update.setBoolean(5, true);
            update.setBoolean(6, false);
            update.executeUpdate();
        }
    }

    /** Where the call of a row stands; empty if it is in no sequence, or its row is gone. */
    Optional<SequencePlace> place(Connection connection, CallRow row) throws SQLException {
        String query = "SELECT call_sequence, sequence_position FROM " + tables.tasks()
                + " WHERE task_name = ? AND task_instance = ? AND call_sequence IS NOT NULL";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, row.task());
            statement.setString(2, row.id());
            try (ResultSet found = statement.executeQuery()) {
                return found.next()
                        ? Optional.of(new SequencePlace(
                                found.getString("call_sequence"), OptionalLong.of(found.getLong("sequence_position"))))
                        : Optional.empty();
            }
        }
    }

    private static void bind(PreparedStatement statement, int index, CallRow row) throws SQLException {
        statement.setString(index, row.task());
        statement.setString(index + 1, row.id());
        statement.setLong(index + 2, row.version());
    }
}
