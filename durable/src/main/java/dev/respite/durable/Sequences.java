package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;

/**
 * The turns of calls that are made one after the other. A call whose turn has not come is put back when it is picked; the end of
 * the call before it makes it due. The two lock the row of the earlier call, so that no call is put back while the earlier one
 * ends.
 */
final class Sequences {

    /** A call that waits is made due by the one before it. This is for rows that were deleted by hand. */
    private static final Duration RECHECK = Duration.ofMinutes(10);

    private final DataSource dataSource;
    private final TaskQueue queue;

    Sequences(DataSource dataSource, TaskQueue queue) {
        this.dataSource = dataSource;
        this.queue = queue;
    }

    /** What a look at the earlier calls has found. */
    private enum Turn {
        HAS_COME,
        WAITS,
        /** The earlier call has ended, or was moved, in between. */
        CHANGED
    }

    /** The first of a sequence: a row of the tasks, or a dead letter if it has no id. */
    private record First(String name, Optional<String> id) {}

    /** Returns whether a call has to wait for its turn. Then its row was put back, or belongs to another instance. */
    boolean waits(CallRow row, String sequence) {
        try {
            return Transactions.REPEATED.call(() -> waitsNow(row, sequence));
        } catch (SQLException failure) {
            throw new StoreException("the turn of a call could not be determined", failure);
        }
    }

    private boolean waitsNow(CallRow row, String sequence) throws SQLException {
        Turn turn = Turn.CHANGED;
        while (turn == Turn.CHANGED) {
            // A transaction each time: in one, MariaDB would show what it has shown before.
            turn = Transactions.run(dataSource, connection -> turn(connection, row, sequence));
        }
        return turn == Turn.WAITS;
    }

    private Turn turn(Connection connection, CallRow row, String sequence) throws SQLException {
        Optional<First> earlier = firstBefore(connection, row, sequence);
        if (earlier.isEmpty()) {
            return Turn.HAS_COME;
        }
        if (!lock(connection, earlier.get())) {
            return Turn.CHANGED;
        }
        putBack(connection, row);
        return Turn.WAITS;
    }

    /** One statement, so that a call that is moved to the dead letters or back is seen in one of the two places. */
    private Optional<First> firstBefore(Connection connection, CallRow row, String sequence) throws SQLException {
        String own = " WHERE call_sequence = ? AND sequence_position < (SELECT sequence_position FROM "
                + tables().tasks() + " WHERE task_name = ? AND task_instance = ?)"
                + " ORDER BY sequence_position LIMIT 1)";
        String query = "(SELECT task_name AS name, task_instance AS id, sequence_position AS place FROM "
                + tables().tasks() + own
                + " UNION ALL (SELECT letter_id AS name, NULL AS id, sequence_position AS place FROM "
                + tables().deadLetters() + own
                + " ORDER BY place LIMIT 1";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int part = 0; part < 2; part++) {
                statement.setString(3 * part + 1, sequence);
                statement.setString(3 * part + 2, row.task());
                statement.setString(3 * part + 3, row.id());
            }
            try (ResultSet first = statement.executeQuery()) {
                return first.next()
                        ? Optional.of(new First(first.getString("name"), Optional.ofNullable(first.getString("id"))))
                        : Optional.empty();
            }
        }
    }

    /** Returns whether the row still exists; if so, it does until the end of the transaction. */
    private boolean lock(Connection connection, First first) throws SQLException {
        String query = first.id().isPresent()
                ? "SELECT version FROM " + tables().tasks() + " WHERE task_name = ? AND task_instance = ? FOR UPDATE"
                : "SELECT attempts FROM " + tables().deadLetters() + " WHERE letter_id = ? FOR UPDATE";
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, first.name());
            if (first.id().isPresent()) {
                statement.setString(2, first.id().get());
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private void putBack(Connection connection, CallRow row) throws SQLException {
        String update = "UPDATE " + tables().tasks()
                + " SET picked = ?, picked_by = NULL, last_heartbeat = NULL, execution_time = ?, waits_in_sequence = ?,"
                + " version = version + 1 WHERE task_name = ? AND task_instance = ? AND version = ?";
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setBoolean(1, false);
            binding().setInstant(statement, 2, EnqueueOptions.later(queue.now(), RECHECK));
            statement.setBoolean(3, true);
            statement.setString(4, row.task());
            statement.setString(5, row.id());
            statement.setLong(6, row.version());
            // None if another instance has it: then the row is that one's.
            statement.executeUpdate();
        }
    }

    /** Removes the row of a call that has ended, and makes the next of its sequence due. */
    void end(Connection connection, CallRow row, Optional<String> sequence) throws SQLException {
        row.remove(connection, tables());
        if (sequence.isPresent()) {
            next(connection, sequence.get());
        }
    }

    /** Makes the first of a sequence due, if it was put back. One that has begun waits for its own retry. */
    void next(Connection connection, String sequence) throws SQLException {
        // Locked, so that MariaDB shows the row as it is now, and not as it was when the effect began. A row that is
        // locked
        // is being enqueued or picked, and looks by itself.
        String first = "SELECT task_name, task_instance FROM " + tables().tasks()
                + " WHERE call_sequence = ? ORDER BY sequence_position LIMIT 1 FOR UPDATE SKIP LOCKED";
        String wake = "UPDATE " + tables().tasks()
                + " SET execution_time = ?, waits_in_sequence = ? WHERE task_name = ? AND task_instance = ?"
                + " AND waits_in_sequence = ? AND picked = ?";
        try (PreparedStatement query = connection.prepareStatement(first);
                PreparedStatement update = connection.prepareStatement(wake)) {
            query.setString(1, sequence);
            try (ResultSet row = query.executeQuery()) {
                if (row.next()) {
                    binding().setInstant(update, 1, queue.now());
                    update.setBoolean(2, false);
                    update.setString(3, row.getString("task_name"));
                    update.setString(4, row.getString("task_instance"));
                    update.setBoolean(5, true);
                    update.setBoolean(6, false);
                    update.executeUpdate();
                }
            }
        }
    }

    /** Where the call of a row stands; empty if it is in no sequence, or its row is gone. */
    Optional<SequencePlace> place(Connection connection, CallRow row) throws SQLException {
        String query = "SELECT call_sequence, sequence_position FROM " + tables().tasks()
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

    private DurableTables tables() {
        return queue.tables();
    }

    private JdbcCustomization binding() {
        return queue.dialect().customization();
    }
}
