package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

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

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");
    private static final String OWN_VERSION = " WHERE task_name = ? AND task_instance = ? AND version = ?";

    private final DataSource dataSource;
    private final TaskQueue queue;

    Sequences(DataSource dataSource, TaskQueue queue) {
        this.dataSource = dataSource;
        this.queue = queue;
    }

    /** What a look at the earlier calls has found. */
    private enum Turn {
        HAS_COME,
        /** Or another instance has taken the call over. */
        WAITS,
        /** The earlier call has ended, or was moved, in between. */
        CHANGED
    }

    /** The first of a sequence: a row of the tasks, or a dead letter if it has no id. */
    private record First(String name, Optional<String> id) {}

    /**
     * Returns whether a call has to wait for its turn. Then its row was put back, or belongs to another instance.
     *
     * @throws StoreException if the database is away
     */
    boolean waits(CallRow row, Envelope envelope, String sequence) {
        try {
            return Transactions.REPEATED.call(() -> waitsNow(row, envelope, sequence));
        } catch (SQLException failure) {
            throw new StoreException("the turn of a call could not be determined", failure);
        }
    }

    private boolean waitsNow(CallRow row, Envelope envelope, String sequence) throws SQLException {
        Turn turn = Turn.CHANGED;
        while (turn == Turn.CHANGED) {
            // A transaction each time: in one, MariaDB would show what it has shown before.
            turn = Transactions.run(dataSource, connection -> turn(connection, row, envelope, sequence));
        }
        return turn == Turn.WAITS;
    }

    private Turn turn(Connection connection, CallRow row, Envelope envelope, String sequence) throws SQLException {
        Optional<Own> own = own(connection, row);
        if (own.isEmpty()) {
            return Turn.WAITS;
        }
        Optional<First> earlier = firstBefore(connection, own.get().position(), sequence);
        if (earlier.isEmpty()) {
            if (own.get().waits()) {
                begin(connection, row);
            }
            return Turn.HAS_COME;
        }
        if (!lock(connection, earlier.get())) {
            return Turn.CHANGED;
        }
        putBack(connection, row, envelope);
        return Turn.WAITS;
    }

    /** The row of the call that is looked at. */
    private record Own(long position, boolean waits) {}

    /** Empty if the row was taken over by another instance, or is gone. */
    private Optional<Own> own(Connection connection, CallRow row) throws SQLException {
        String query = "SELECT sequence_position, waits_in_sequence FROM " + tables().tasks() + OWN_VERSION;
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            bind(statement, 1, row);
            try (ResultSet own = statement.executeQuery()) {
                return own.next()
                        ? Optional.of(new Own(own.getLong("sequence_position"), own.getBoolean("waits_in_sequence")))
                        : Optional.empty();
            }
        }
    }

    /** One statement, so that a call that is moved to the dead letters or back is seen in one of the two places. */
    private Optional<First> firstBefore(Connection connection, long position, String sequence) throws SQLException {
        String earlier = " WHERE call_sequence = ? AND sequence_position < ? ORDER BY sequence_position LIMIT 1)";
        String query = "(SELECT task_name AS name, task_instance AS id, sequence_position AS place FROM "
                + tables().tasks() + earlier
                + " UNION ALL (SELECT letter_id AS name, NULL AS id, sequence_position AS place FROM "
                + tables().deadLetters() + earlier
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
    private boolean lock(Connection connection, First first) throws SQLException {
        String query = first.id().isPresent()
                ? "SELECT version FROM " + tables().tasks() + " WHERE task_name = ? AND task_instance = ?"
                : "SELECT attempts FROM " + tables().deadLetters() + " WHERE letter_id = ?";
        try (PreparedStatement statement =
                connection.prepareStatement(query + queue.dialect().againstRemoval())) {
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
    private void begin(Connection connection, CallRow row) throws SQLException {
        String update = "UPDATE " + tables().tasks() + " SET waits_in_sequence = ?" + OWN_VERSION;
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setBoolean(1, false);
            bind(statement, 2, row);
            statement.executeUpdate();
        }
    }

    /** Changes nothing if another instance has the row since. A call that has not begun has lost no attempt either. */
    private void putBack(Connection connection, CallRow row, Envelope envelope) throws SQLException {
        boolean nothingLost = envelope.progress().lostAt().isPresent()
                && envelope.progress().state().isEmpty();
        String update = "UPDATE " + tables().tasks()
                + " SET picked = ?, picked_by = NULL, last_heartbeat = NULL, execution_time = ?, waits_in_sequence = ?,"
                + (nothingLost ? " task_data = ?," : "") + " version = version + 1" + OWN_VERSION;
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            int index = 1;
            statement.setBoolean(index++, false);
            binding().setInstant(statement, index++, EnqueueOptions.later(queue.now(), RECHECK));
            statement.setBoolean(index++, true);
            if (nothingLost) {
                binding().setTaskData(statement, index++, envelope.replayed().encode());
            }
            bind(statement, index, row);
            statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, int index, CallRow row) throws SQLException {
        statement.setString(index, row.task());
        statement.setString(index + 1, row.id());
        statement.setLong(index + 2, row.version());
    }

    /** Removes the row of a call that has ended, and makes the next of its sequence due. */
    void end(Connection connection, CallRow row, Optional<String> sequence) throws SQLException {
        row.remove(connection, tables());
        next(connection, sequence);
    }

    /**
     * Makes the first of a sequence due in the transaction in which the one before has ended, if it was put back. A row that is
     * locked at this moment is passed over, and made due {@linkplain #nextAfterCommit after the commit}. The row is locked, so that
     * MariaDB shows it as it is, and not as it was when the transaction began.
     */
    void next(Connection connection, Optional<String> sequence) throws SQLException {
        if (sequence.isPresent()) {
            wake(connection, first(connection, sequence.get(), " FOR UPDATE SKIP LOCKED"));
        }
    }

    /** Makes the first of a sequence due, if it was put back while the one before ended. Otherwise it looks again by itself, late. */
    void nextAfterCommit(Optional<String> sequence) {
        if (sequence.isEmpty()) {
            return;
        }
        try {
            Transactions.REPEATED.run(() -> Transactions.run(dataSource, connection -> {
                wake(connection, first(connection, sequence.get(), ""));
                return true;
            }));
        } catch (SQLException failure) {
            LOGGER.log(
                    WARNING,
                    "the next call of sequence '" + sequence.get() + "' could not be made due; it looks again within "
                            + RECHECK,
                    failure);
        }
    }

    /** The identity of a row. */
    private record Name(String task, String id) {}

    private Optional<Name> first(Connection connection, String sequence, String lock) throws SQLException {
        String query = "SELECT task_name, task_instance FROM " + tables().tasks()
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
    private void wake(Connection connection, Optional<Name> first) throws SQLException {
        if (first.isEmpty()) {
            return;
        }
        String wake = "UPDATE " + tables().tasks()
                + " SET execution_time = ?, waits_in_sequence = ? WHERE task_name = ? AND task_instance = ?"
                + " AND waits_in_sequence = ? AND picked = ?";
        try (PreparedStatement update = connection.prepareStatement(wake)) {
            binding().setInstant(update, 1, queue.now());
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
