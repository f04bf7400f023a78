package dev.respite.durable;

import com.github.kagkarlsson.shaded.jdbc.ResultSetMapper;
import dev.respite.durable.CallStatements.CallRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The statements that pick due calls. They pass over locked rows: the oldest come first, so the threads would wait for the same ones
 * again and again. Each task has a query of its own, which reads as many rows of the index as it returns, so rows of other tasks do
 * not lengthen a pick. The data of a call is read when the call is chosen.
 *
 * <p>PostgreSQL picks by one statement. The others have no update that returns its rows: a transaction locks the first rows of
 * each task by their keys, chooses, updates and reads the chosen ones. If it fails, no call is picked.
 */
final class PickStatements {

    private static final String SKIP = " FOR UPDATE SKIP LOCKED";
    private static final String PICKED = " SET picked = ?, picked_by = ?, last_heartbeat = ?, deferred_until = NULL";
    private static final String DUE = "SELECT task_name, task_instance, version, {time} AS since FROM {tasks}"
            + " WHERE task_name = ? AND picked = FALSE AND waits_in_sequence = FALSE AND {time} <= ? ORDER BY {time} LIMIT ?"
            + SKIP;

    private final CallDatabase database;

    /** The statement of PostgreSQL for the tasks of an instance, which are always the same. */
    private final Map<Set<String>, String> single = new ConcurrentHashMap<>();

    PickStatements(CallDatabase database) {
        this.database = database;
    }

    /**
     * A pick.
     *
     * @param free the seats of each task
     * @param deferred how many deferred retries of each task may be picked
     * @param now the time until which the calls are due
     * @param instance the name of the instance
     */
    record Pick(Seats.Free free, Map<String, Integer> deferred, Instant now, String instance) {

        private int deferredOf(String task) {
            Seats.Share share = free.of(task);
            return Math.min(share.calls() - share.ahead(), deferred.getOrDefault(task, 0));
        }
    }

    /**
     * Picks calls.
     *
     * @throws StoreException if the database has failed, and no call is picked
     */
    <T> List<T> pick(Pick pick, ResultSetMapper<List<T>> reader) {
        try {
            return database.dialect() == DurableDialect.POSTGRESQL
                    ? database.single(connection -> read(connection, reader, singleOf(pick), values(pick)))
                    : database.transaction(connection -> pickTogether(connection, pick, reader));
        } catch (SQLException failure) {
            throw new StoreException("calls could not be picked", failure);
        }
    }

    private String singleOf(Pick pick) {
        return single.computeIfAbsent(Set.copyOf(pick.free.tasks().keySet()), names -> single(pick));
    }

    private <T> List<T> read(Connection connection, ResultSetMapper<List<T>> reader, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement statement = database.prepare(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            return reader.map(rows);
        }
    }

    /**
     * Returns the statement of PostgreSQL. The rows are found by their places, which are locked: a join by the primary key reads the
     * whole table while PostgreSQL has the statistics of an emptier one. The names have no quotation marks.
     */
    static String single(Pick pick) {
        String ofTask =
                " FROM {tasks} WHERE task_name = known.name COLLATE \"C\" AND NOT picked AND NOT waits_in_sequence AND ";
        String known = pick.free.tasks().keySet().stream()
                .map(name -> "('" + name + "', CAST(? AS integer), CAST(? AS integer), CAST(? AS integer))")
                .collect(Collectors.joining(", "));
        return "WITH due AS (SELECT place, since, seats, kept, row_number() OVER (PARTITION BY name ORDER BY since) AS turn"
                + " FROM (VALUES " + known + ") AS known (name, seats, kept, deferred) CROSS JOIN LATERAL ("
                + "SELECT * FROM (SELECT ctid AS place, execution_time AS since" + ofTask
                + "execution_time <= ? ORDER BY execution_time LIMIT known.seats" + SKIP + ") AS ordinary"
                + " UNION ALL SELECT * FROM (SELECT ctid, deferred_until" + ofTask
                + "deferred_until <= ? AND execution_time > ? ORDER BY deferred_until LIMIT known.deferred" + SKIP
                + ") AS pulled) AS found),"
                + " chosen AS (SELECT place, row_number() OVER (ORDER BY GREATEST(turn - kept, 0), since) AS number,"
                + " count(*) FILTER (WHERE turn <= kept) OVER () AS in_kept FROM due WHERE turn <= seats),"
                + " picked AS (UPDATE {tasks} AS task" + PICKED + ", version = task.version + 1 WHERE task.ctid ="
                + " ANY (ARRAY(SELECT place FROM chosen WHERE number <= ? + LEAST(in_kept, ?))) RETURNING task.*)"
                + " SELECT * FROM picked ORDER BY execution_time";
    }

    /** Returns the values of {@link #single}. */
    static Object[] values(Pick pick) {
        List<Object> values = new ArrayList<>();
        pick.free
                .tasks()
                .forEach((name, share) -> values.addAll(List.of(share.calls(), share.kept(), pick.deferredOf(name))));
        values.addAll(Collections.nCopies(3, pick.now));
        values.addAll(List.of(true, pick.instance, pick.now, pick.free.general(), pick.free.kept()));
        return values.toArray();
    }

    private <T> List<T> pickTogether(Connection connection, Pick pick, ResultSetMapper<List<T>> reader)
            throws SQLException {
        List<CallRow> chosen = pick.free.choose(lock(connection, pick), CallRow::task);
        if (chosen.isEmpty()) {
            return List.of();
        }
        String rows = String.join(
                " OR ", Collections.nCopies(chosen.size(), "(task_name = ? AND task_instance = ? AND version = ?)"));
        List<Object> values = new ArrayList<>(List.of(true, pick.instance, pick.now));
        List<Object> picked = new ArrayList<>();
        for (CallRow row : chosen) {
            values.addAll(List.of(row.task(), row.id(), row.version()));
            picked.addAll(List.of(row.task(), row.id(), row.version() + 1));
        }
        int updated = database.update(
                connection, "UPDATE {tasks}" + PICKED + ", version = version + 1 WHERE " + rows, values.toArray());
        if (updated != chosen.size()) {
            throw new SQLException("of " + chosen.size() + " calls that are locked, " + updated + " were updated");
        }
        String query = "SELECT * FROM {tasks} WHERE " + rows + " ORDER BY execution_time";
        return read(connection, reader, query, picked.toArray());
    }

    private record Candidate(CallRow row, Instant since) {}

    /** Locks the first due calls of each task, and returns them, the oldest first. */
    List<CallRow> lock(Connection connection, Pick pick) throws SQLException {
        List<String> queries = new ArrayList<>();
        List<List<Object>> values = new ArrayList<>();
        pick.free.tasks().forEach((name, share) -> {
            queries.add(DUE.replace("{time}", "execution_time"));
            values.add(List.of(name, pick.now, share.calls()));
            queries.add(DUE.replace("{time}", "deferred_until"));
            values.add(List.of(name, pick.now, pick.deferredOf(name)));
        });
        List<Candidate> found = new ArrayList<>();
        if (database.dialect() == DurableDialect.MARIADB) {
            lockNoGaps(connection);
            String all = "SELECT * FROM ((" + String.join(") UNION ALL (", queries) + ")) AS due";
            found.addAll(candidates(
                    connection, all, values.stream().flatMap(Collection::stream).toList()));
        } else {
            for (int i = 0; i < queries.size(); i++) {
                found.addAll(candidates(connection, queries.get(i), values.get(i)));
            }
        }
        // A deferred retry that is due is found twice.
        return found.stream()
                .sorted(Comparator.comparing(Candidate::since))
                .map(Candidate::row)
                .distinct()
                .toList();
    }

    /** Two picks that lock the gap behind the last due row would wait for each other, and so would those who enqueue. */
    private static void lockNoGaps(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
        }
    }

    private List<Candidate> candidates(Connection connection, String query, List<Object> values) throws SQLException {
        return database.list(
                connection,
                query,
                row -> new Candidate(
                        new CallRow(row.getString("task_name"), row.getString("task_instance"), row.getLong("version")),
                        database.instant(row, "since").orElseThrow()),
                values.toArray());
    }
}
