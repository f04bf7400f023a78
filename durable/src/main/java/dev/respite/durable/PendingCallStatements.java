package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.Envelope.StoredCall;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The queries of calls that have not ended. */
final class PendingCallStatements {

    static final String OF_CALL = " WHERE task_name = ? AND task_instance = ?";

    private static final String COLUMNS =
            "task_name, task_instance, task_data, execution_time, picked, version, call_sequence, waits_in_sequence,"
                    + " deferred_until, enqueued_at, last_error, picked_by, last_heartbeat";

    private final CallDatabase database;

    PendingCallStatements(CallDatabase database) {
        this.database = database;
    }

    /**
     * A call and its row.
     *
     * @param owner the instance that has picked it; empty if none has, or it is not known
     * @param lastHeartbeat the last sign of life of that instance
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Row(
            PendingCall call,
            CallRow row,
            Optional<Envelope> envelope,
            byte[] stored,
            Optional<Owner> owner,
            Instant lastHeartbeat) {}

    /**
     * Lists the calls that a filter selects.
     *
     * @param after the task and the id of the last call of the page before; empty for the first page
     */
    List<PendingCall> list(Connection connection, PendingCall.Filter filter, List<String> after) throws SQLException {
        Instant now = database.time().wallTime();
        List<Object> values = new ArrayList<>();
        StringBuilder query = selecting(COLUMNS, filter, now, values);
        if (!after.isEmpty()) {
            // The other databases use the index for each of the two conditions, and PostgreSQL for a pair only.
            boolean usesPair = database.dialect() == DurableDialect.POSTGRESQL;
            query.append(
                    usesPair
                            ? " AND (task_name, task_instance) > (?, ?)"
                            : " AND (task_name > ? OR (task_name = ? AND task_instance > ?))");
            values.addAll(usesPair ? List.of() : after.subList(0, 1));
            values.addAll(after);
        }
        query.append(" ORDER BY task_name, task_instance LIMIT ").append(filter.limit());
        return database.list(connection, query.toString(), row -> row(row, now).call(), values.toArray());
    }

    /** Counts the calls that a filter selects. */
    long count(Connection connection, PendingCall.Filter filter) throws SQLException {
        List<Object> values = new ArrayList<>();
        StringBuilder query =
                selecting("COUNT(*) AS calls", filter, database.time().wallTime(), values);
        return database.first(connection, query.toString(), row -> row.getLong("calls"), values.toArray())
                .orElseThrow();
    }

    private static StringBuilder selecting(
            String columns, PendingCall.Filter filter, Instant now, List<Object> values) {
        StringBuilder query = new StringBuilder("SELECT " + columns + " FROM {tasks} WHERE 1 = 1");
        DeadLetterStatements.and(query, values, "task_name = ?", filter.task());
        filter.state().ifPresent(state -> {
            query.append(condition(state));
            if (state == PendingCall.State.DUE
                    || state == PendingCall.State.SCHEDULED
                    || state == PendingCall.State.DEFERRED) {
                values.add(now);
            }
        });
        DeadLetterStatements.and(query, values, "enqueued_at < ?", filter.enqueuedBefore());
        DeadLetterStatements.and(query, values, "POSITION(? IN last_error) > 0", filter.error());
        return query;
    }

    private static String condition(PendingCall.State state) {
        String waits = " AND picked = FALSE AND waits_in_sequence = ";
        return switch (state) {
            // The index of heartbeats has few other rows.
            case RUNNING -> " AND picked = TRUE AND last_heartbeat IS NOT NULL";
            case IN_SEQUENCE -> waits + "TRUE";
            case DUE -> waits + "FALSE AND execution_time <= ?";
            case DEFERRED -> waits + "FALSE AND deferred_until IS NOT NULL AND execution_time > ?";
            case SCHEDULED -> waits + "FALSE AND deferred_until IS NULL AND execution_time > ?";
        };
    }

    /** Returns a call. The lock ends the query. */
    Optional<Row> find(Connection connection, String task, String id, String lock) throws SQLException {
        Instant now = database.time().wallTime();
        return database.first(
                connection, "SELECT " + COLUMNS + " FROM {tasks}" + OF_CALL + lock, row -> row(row, now), task, id);
    }

    private Row row(ResultSet row, Instant now) throws SQLException {
        byte[] stored = StoredCall.of(row.getBytes("task_data"), null).envelope();
        Optional<Envelope> envelope = Envelope.readable(stored);
        Instant due = database.instant(row, "execution_time").orElseThrow();
        Optional<Instant> deferred = database.instant(row, "deferred_until");
        CallRow own = new CallRow(row.getString("task_name"), row.getString("task_instance"), row.getLong("version"));
        Optional<String> owner = Optional.ofNullable(row.getString("picked_by"));
        Optional<Instant> heartbeat = database.instant(row, "last_heartbeat");
        PendingCall call = new PendingCall(
                DeadLetterFactory.call(own, envelope, Optional.ofNullable(row.getString("call_sequence"))),
                state(row, due.isAfter(now), deferred.isPresent()),
                database.instant(row, "enqueued_at"),
                deferred.orElse(due),
                envelope.map(Envelope::attempts).orElse(0),
                Optional.ofNullable(row.getString("last_error")).orElse(""),
                owner.map(text -> Owner.of(text).map(Owner::name).orElse(text)),
                heartbeat.map(last -> last.isAfter(now) ? Duration.ZERO : Duration.between(last, now)));
        return new Row(call, own, envelope, stored, owner.flatMap(Owner::of), heartbeat.orElse(Instant.MAX));
    }

    private static PendingCall.State state(ResultSet row, boolean isLater, boolean isDeferred) throws SQLException {
        if (row.getBoolean("picked")) {
            return PendingCall.State.RUNNING;
        }
        if (row.getBoolean("waits_in_sequence")) {
            return PendingCall.State.IN_SEQUENCE;
        }
        if (!isLater) {
            return PendingCall.State.DUE;
        }
        return isDeferred ? PendingCall.State.DEFERRED : PendingCall.State.SCHEDULED;
    }
}
