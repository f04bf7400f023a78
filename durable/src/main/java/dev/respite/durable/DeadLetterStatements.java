package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.Envelope.StoredCall;
import dev.respite.logging.FailureText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The statements on the table of dead letters. */
final class DeadLetterStatements {

    private static final int MAX_TEXT = 4_000;
    private static final int MAX_REASON = 100;

    private final CallDatabase database;

    DeadLetterStatements(CallDatabase database) {
        this.database = database;
    }

    /** A dead letter and the stored envelope of its call. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(DeadLetter letter, byte[] envelope, Optional<SequenceStatements.Place> place) {}

    /** Adds a dead letter, with the data of the row of its call. */
    void insert(Connection connection, Stored added, CallRow row) throws SQLException {
        DeadLetter letter = added.letter();
        database.update(
                connection,
                database.dialect().beyondSnapshot() + "INSERT INTO {letters} (" + CallDatabase.LETTER_COLUMNS
                        + ", envelope, handler_failed, call_data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                        + " (SELECT call_data FROM {tasks} WHERE task_name = ? AND task_instance = ?))",
                letter.letterId(),
                letter.call().task(),
                letter.call().id(),
                letter.call().key(),
                letter.state().name(),
                FailureText.bounded(letter.reason(), MAX_REASON),
                letter.parkedAt(),
                letter.attempts().firstStart(),
                letter.attempts().count(),
                FailureText.bounded(letter.attempts().lastError(), MAX_TEXT),
                FailureText.bounded(letter.attempts().history(), MAX_TEXT),
                letter.call().dataVersion(),
                added.place().map(SequenceStatements.Place::sequence),
                added.place().map(known -> known.position().orElseThrow()),
                added.envelope(),
                DeadLetterFactory.hasFailedHandler(letter),
                row.task(),
                row.id());
    }

    /**
     * Lists the dead letters that a filter selects.
     *
     * @param after the last one of the page before; empty for the first page
     */
    List<DeadLetter> list(Connection connection, DeadLetter.Filter filter, Optional<DeadLetter> after)
            throws SQLException {
        List<Object> values = new ArrayList<>();
        StringBuilder selected = where(filter, values);
        after.ifPresent(last -> {
            selected.append(" AND (parked_at > ? OR (parked_at = ? AND letter_id > ?))");
            values.addAll(List.of(last.parkedAt(), last.parkedAt(), last.letterId()));
        });
        String query = "SELECT " + CallDatabase.LETTER_COLUMNS + " FROM {letters}" + selected
                + " ORDER BY parked_at, letter_id LIMIT " + filter.limit();
        return database.list(connection, query, this::letter, values.toArray());
    }

    /** Returns the time of the newest dead letter that the filter selects; empty if there is none. */
    Optional<Instant> newest(Connection connection, DeadLetter.Filter filter) throws SQLException {
        List<Object> values = new ArrayList<>();
        String query = "SELECT MAX(parked_at) AS newest FROM {letters}" + where(filter, values);
        return database.first(connection, query, row -> database.instant(row, "newest"), values.toArray())
                .orElseThrow();
    }

    private static StringBuilder where(DeadLetter.Filter filter, List<Object> values) {
        StringBuilder query = new StringBuilder(" WHERE 1 = 1");
        and(query, values, "task_name = ?", filter.task());
        and(query, values, "state = ?", filter.state().map(DeadLetter.State::name));
        and(query, values, "call_sequence = ?", filter.sequence());
        and(query, values, "parked_at < ?", filter.parkedBefore());
        and(query, values, "POSITION(? IN last_error) > 0", filter.error());
        return query;
    }

    /** Adds a condition to a query if its value is present. */
    static void and(StringBuilder query, List<Object> values, String condition, Optional<?> value) {
        value.ifPresent(present -> {
            query.append(" AND ").append(condition);
            values.add(present);
        });
    }

    /** Returns a dead letter, locked in the transaction of the connection if it is to be changed. */
    Optional<Stored> find(Connection connection, String letterId, boolean locked) throws SQLException {
        return database.first(
                connection,
                "SELECT " + CallDatabase.LETTER_COLUMNS + ", envelope FROM {letters} WHERE letter_id = ?"
                        + (locked ? " FOR UPDATE" : ""),
                this::stored,
                letterId);
    }

    /** Returns the data of the call of a dead letter; empty if there is none. */
    Optional<byte[]> data(Connection connection, String letterId) throws SQLException {
        return database.first(
                connection,
                "SELECT call_data FROM {letters} WHERE letter_id = ? AND call_data IS NOT NULL",
                row -> row.getBytes("call_data"),
                letterId);
    }

    private Stored stored(ResultSet row) throws SQLException {
        byte[] envelope = StoredCall.of(row.getBytes("envelope"), null).envelope();
        return new Stored(letter(row), envelope, SequenceStatements.Place.of(row));
    }

    /** Removes the mark of a failed handler, which runs in this transaction; returns false if it has none. */
    boolean handlerRuns(Connection connection, DeadLetter marked) throws SQLException {
        String reason = DeadLetterFactory.withoutFailedHandler(marked).reason();
        return database.update(
                        connection,
                        "UPDATE {letters} SET handler_failed = ?, reason = ? WHERE letter_id = ? AND handler_failed = ?",
                        false,
                        reason,
                        marked.letterId(),
                        true)
                == 1;
    }

    void update(Connection connection, String letterId, Envelope envelope, byte[] data) throws SQLException {
        database.update(
                connection,
                "UPDATE {letters} SET call_key = ?, data_version = ?, envelope = ?, call_data = ?"
                        + " WHERE letter_id = ?",
                envelope.key(),
                envelope.dataVersion(),
                envelope.encode(),
                data,
                letterId);
    }

    /**
     * Locks the oldest entries that were made before a time, and returns their ids. Entries that are locked are passed over, and
     * those for which calls of their sequence wait, or later entries of it that are not as old.
     */
    List<String> lockExpired(Connection connection, Instant time, int most) throws SQLException {
        return database.list(
                connection,
                "SELECT letter_id FROM {letters} letter WHERE parked_at < ? AND NOT EXISTS"
                        + " (SELECT 1 FROM {tasks} waiting WHERE waiting.call_sequence = letter.call_sequence)"
                        + " AND NOT EXISTS (SELECT 1 FROM {letters} later WHERE later.call_sequence = letter.call_sequence"
                        + " AND later.sequence_position > letter.sequence_position AND later.parked_at >= ?)"
                        + " ORDER BY parked_at, letter_id LIMIT " + most + " FOR UPDATE SKIP LOCKED",
                row -> row.getString("letter_id"),
                time,
                time);
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
                        SequenceStatements.Place.of(row).map(SequenceStatements.Place::sequence)),
                DeadLetter.State.valueOf(row.getString("state")),
                row.getString("reason"),
                database.instant(row, "parked_at").orElseThrow(),
                new DeadLetter.Attempts(
                        row.getInt("attempts"),
                        database.instant(row, "first_start"),
                        row.getString("last_error"),
                        row.getString("history")));
    }
}
