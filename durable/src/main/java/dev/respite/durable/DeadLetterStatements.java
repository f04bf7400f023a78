package dev.respite.durable;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements on the table of dead letters. */
final class DeadLetterStatements {

    private static final int MAX_TEXT = 4_000;
    private static final int MAX_REASON = 100;

    private static final String SELECT = "SELECT " + CallDatabase.LETTER_COLUMNS + " FROM {letters} WHERE ";

    private final CallDatabase database;

    DeadLetterStatements(CallDatabase database) {
        this.database = database;
    }

    /** A dead letter and the stored envelope of its call. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(DeadLetter letter, byte[] envelope, Optional<SequencePlace> place) {}

    void insert(Connection connection, DeadLetter letter, byte[] envelope, Optional<SequencePlace> place)
            throws SQLException {
        database.update(
                connection,
                "INSERT INTO {letters} (" + CallDatabase.LETTER_COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                letter.letterId(),
                letter.call().task(),
                letter.call().id(),
                letter.call().key(),
                letter.state().name(),
                ErrorText.bounded(letter.reason(), MAX_REASON),
                letter.parkedAt(),
                letter.attempts().firstStart(),
                letter.attempts().count(),
                ErrorText.bounded(letter.attempts().lastError(), MAX_TEXT),
                ErrorText.bounded(letter.attempts().history(), MAX_TEXT),
                letter.call().dataVersion(),
                envelope,
                place.map(SequencePlace::sequence),
                place.map(known -> known.position().orElseThrow()));
    }

    List<DeadLetter> list(Connection connection, DeadLetters.Filter filter) throws SQLException {
        StringBuilder query = new StringBuilder(SELECT + "1 = 1");
        List<Object> values = new ArrayList<>();
        filter.task().ifPresent(task -> {
            query.append(" AND task_name = ?");
            values.add(task);
        });
        filter.state().ifPresent(state -> {
            query.append(" AND state = ?");
            values.add(state.name());
        });
        filter.after().ifPresent(last -> {
            query.append(" AND (parked_at > ? OR (parked_at = ? AND letter_id > ?))");
            values.addAll(List.of(last.parkedAt(), last.parkedAt(), last.letterId()));
        });
        query.append(" ORDER BY parked_at, letter_id LIMIT ").append(filter.limit());
        return database.list(connection, query.toString(), this::letter, values.toArray());
    }

    /** Returns a dead letter, locked in the transaction of the connection if it is to be changed. */
    Optional<Stored> find(Connection connection, String letterId, boolean locked) throws SQLException {
        return database.first(
                connection, SELECT + "letter_id = ?" + (locked ? " FOR UPDATE" : ""), this::stored, letterId);
    }

    private Stored stored(ResultSet row) throws SQLException {
        byte @Nullable [] envelope = row.getBytes("envelope");
        return new Stored(letter(row), envelope == null ? new byte[0] : envelope, place(row));
    }

    private static Optional<SequencePlace> place(ResultSet row) throws SQLException {
        long position = row.getLong("sequence_position");
        return Optional.ofNullable(row.getString("call_sequence"))
                .map(sequence -> new SequencePlace(sequence, Optional.of(position)));
    }

    void update(Connection connection, String letterId, Envelope envelope) throws SQLException {
        database.update(
                connection,
                "UPDATE {letters} SET call_key = ?, data_version = ?, envelope = ? WHERE letter_id = ?",
                envelope.key(),
                envelope.dataVersion(),
                envelope.encode(),
                letterId);
    }

    void delete(Connection connection, String letterId) throws SQLException {
        database.update(connection, "DELETE FROM {letters} WHERE letter_id = ?", letterId);
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
                database.time(row, "parked_at").orElseThrow(),
                new DeadLetter.Attempts(
                        row.getInt("attempts"),
                        database.time(row, "first_start"),
                        row.getString("last_error"),
                        row.getString("history")));
    }
}
