package dev.respite.durable;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The statements of the table of dead letters. */
final class DeadLetterStatements {

    static final String COLUMNS =
            "letter_id, task_name, task_instance, call_key, state, reason, parked_at, first_start,"
                    + " attempts, last_error, history, data_version, envelope, call_sequence, sequence_position";

    private static final int MAX_TEXT = 4_000;
    private static final int MAX_REASON = 100;

    private final String table;
    private final JdbcCustomization binding;

    DeadLetterStatements(DurableTables tables, JdbcCustomization binding) {
        this.table = tables.deadLetters();
        this.binding = binding;
    }

    /** A letter and what was stored of the call. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(DeadLetter letter, byte[] envelope, Optional<SequencePlace> place) {}

    void insert(Connection connection, DeadLetter letter, byte @Nullable [] envelope, Optional<SequencePlace> place)
            throws SQLException {
        String insert =
                "INSERT INTO " + table + " (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, letter.letterId());
            statement.setString(2, letter.call().task());
            statement.setString(3, letter.call().id());
            statement.setString(4, letter.call().key());
            statement.setString(5, letter.state().name());
            statement.setString(6, ErrorText.bounded(letter.reason(), MAX_REASON));
            binding.setInstant(statement, 7, letter.parkedAt());
            bindOrNull(statement, 8, letter.attempts().firstStart());
            statement.setInt(9, letter.attempts().count());
            statement.setString(10, ErrorText.bounded(letter.attempts().lastError(), MAX_TEXT));
            statement.setString(11, ErrorText.bounded(letter.attempts().history(), MAX_TEXT));
            statement.setInt(12, letter.call().dataVersion());
            statement.setBytes(13, envelope);
            statement.setString(14, place.map(SequencePlace::sequence).orElse(null));
            statement.setObject(
                    15, place.map(known -> known.position().orElseThrow()).orElse(null), Types.BIGINT);
            statement.executeUpdate();
        }
    }

    private void bindOrNull(PreparedStatement statement, int index, Optional<Instant> time) throws SQLException {
        if (time.isPresent()) {
            binding.setInstant(statement, index, time.get());
        } else {
            statement.setTimestamp(index, null);
        }
    }

    List<DeadLetter> list(Connection connection, DeadLetters.Filter filter) throws SQLException {
        StringBuilder query = new StringBuilder("SELECT " + COLUMNS + " FROM " + table + " WHERE 1 = 1");
        List<String> texts = new ArrayList<>();
        filter.task().ifPresent(task -> {
            query.append(" AND task_name = ?");
            texts.add(task);
        });
        filter.state().ifPresent(state -> {
            query.append(" AND state = ?");
            texts.add(state.name());
        });
        if (filter.after().isPresent()) {
            query.append(" AND (parked_at > ? OR (parked_at = ? AND letter_id > ?))");
        }
        query.append(" ORDER BY parked_at, letter_id LIMIT ").append(filter.limit());
        try (PreparedStatement statement = connection.prepareStatement(query.toString())) {
            int index = 1;
            for (String text : texts) {
                statement.setString(index++, text);
            }
            if (filter.after().isPresent()) {
                DeadLetter last = filter.after().get();
                binding.setInstant(statement, index++, last.parkedAt());
                binding.setInstant(statement, index++, last.parkedAt());
                statement.setString(index, last.letterId());
            }
            try (ResultSet row = statement.executeQuery()) {
                List<DeadLetter> letters = new ArrayList<>();
                while (row.next()) {
                    letters.add(letter(row));
                }
                return letters;
            }
        }
    }

    /** The entry, locked in the transaction of the connection if it is to be changed. */
    Optional<Stored> find(Connection connection, String letterId, boolean locked) throws SQLException {
        String query = "SELECT " + COLUMNS + " FROM " + table + " WHERE letter_id = ?" + (locked ? " FOR UPDATE" : "");
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, letterId);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                byte @Nullable [] envelope = row.getBytes("envelope");
                return Optional.of(new Stored(letter(row), envelope == null ? new byte[0] : envelope, place(row)));
            }
        }
    }

    private static Optional<SequencePlace> place(ResultSet row) throws SQLException {
        @Nullable String sequence = row.getString("call_sequence");
        return sequence == null
                ? Optional.empty()
                : Optional.of(new SequencePlace(sequence, OptionalLong.of(row.getLong("sequence_position"))));
    }

    void update(Connection connection, String letterId, Envelope envelope) throws SQLException {
        String update = "UPDATE " + table + " SET call_key = ?, data_version = ?, envelope = ? WHERE letter_id = ?";
        try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setString(1, envelope.key());
            statement.setInt(2, envelope.dataVersion());
            statement.setBytes(3, envelope.encode());
            statement.setString(4, letterId);
            statement.executeUpdate();
        }
    }

    boolean delete(Connection connection, String letterId) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM " + table + " WHERE letter_id = ?")) {
            statement.setString(1, letterId);
            return statement.executeUpdate() == 1;
        }
    }

    private DeadLetter letter(ResultSet row) throws SQLException {
        return new DeadLetter(
                row.getString("letter_id"),
                new DeadLetter.Call(
                        row.getString("task_name"),
                        row.getString("task_instance"),
                        row.getString("call_key"),
                        row.getInt("data_version"),
                        place(row).map(SequencePlace::sequence)),
                DeadLetter.State.valueOf(row.getString("state")),
                row.getString("reason"),
                binding.getInstant(row, "parked_at"),
                new DeadLetter.Attempts(
                        row.getInt("attempts"),
                        Optional.ofNullable(binding.getInstant(row, "first_start")),
                        row.getString("last_error"),
                        row.getString("history")));
    }
}
