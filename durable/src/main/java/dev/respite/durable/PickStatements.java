package dev.respite.durable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
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
    private static final String OF_TASK = " FROM {tasks} WHERE task_name = ? AND picked = FALSE AND ";
    private static final String KEYS = "SELECT task_name, task_instance, version, ";

    private static final String ORDINARY =
            KEYS + "execution_time AS since" + OF_TASK + "execution_time <= ? ORDER BY execution_time LIMIT ?" + SKIP;
    private static final String DEFERRED =
            KEYS + "deferred_until AS since" + OF_TASK + "deferred_until <= ? ORDER BY deferred_until LIMIT ?" + SKIP;

    private final CallDatabase database;
    private final SortedSet<String> names;

    /**
     * Creates the statements.
     *
     * @param names the names of the tasks that this instance runs
     */
    PickStatements(CallDatabase database, Set<String> names) {
        this.database = database;
        this.names = new TreeSet<>(names);
    }

    /**
     * A pick.
     *
     * @param free the seats of each task
     * @param deferred how many deferred retries of each task may be picked
     * @param now the time until which the calls are due
     * @param instance the name of the instance
     */
    record Pick(FreeSeats free, Map<String, Integer> deferred, Instant now, String instance) {

        private int deferredOf(String task) {
            return Math.min(free.shareOf(task).seats(), deferred.getOrDefault(task, 0));
        }
    }

    /** Reads the picked rows. */
    @FunctionalInterface
    interface Reader<T> {
        List<T> read(ResultSet rows) throws SQLException;
    }

    /**
     * Picks calls.
     *
     * @throws StoreException if the database has failed, and no call is picked
     */
    <T> List<T> pick(Pick pick, Reader<T> reader) {
        try {
            return database.dialect() == DurableDialect.POSTGRESQL
                    ? database.single(connection -> read(
                            connection, reader, single(), singleValues(pick).toArray()))
                    : database.transaction(connection -> pickTogether(connection, pick, reader));
        } catch (SQLException failure) {
            throw new StoreException("calls could not be picked", failure);
        }
    }

    private <T> List<T> read(Connection connection, Reader<T> reader, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement statement = database.prepare(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            return reader.read(rows);
        }
    }

    /**
     * Returns the statement of PostgreSQL. The rows are found by their places, which are locked: a join by the primary key reads the
     * whole table while PostgreSQL has the statistics of an emptier one. The names have no quotation marks.
     */
    String single() {
        String ofTask = " FROM {tasks} WHERE task_name = known.name COLLATE \"C\" AND NOT picked AND ";
        String known = names.stream()
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
    static List<Object> singleValues(Pick pick) {
        List<Object> values = new ArrayList<>();
        pick.free
                .tasks()
                .forEach((name, share) -> values.addAll(List.of(share.seats(), share.kept(), pick.deferredOf(name))));
        values.addAll(Collections.nCopies(3, pick.now));
        values.addAll(List.of(true, pick.instance, pick.now));
        values.addAll(List.of(pick.free.general(), pick.free.kept()));
        return values;
    }

    private <T> List<T> pickTogether(Connection connection, Pick pick, Reader<T> reader) throws SQLException {
        List<CallRow> chosen = pick.free.choose(lock(connection, pick), CallRow::task);
        if (chosen.isEmpty()) {
            return List.of();
        }
        List<Object> values = new ArrayList<>(List.of(true, pick.instance, pick.now));
        chosen.forEach(row -> values.addAll(List.of(row.task(), row.id(), row.version())));
        String rows = chosen.stream()
                .map(row -> "(task_name = ? AND task_instance = ? AND version = ?)")
                .collect(Collectors.joining(" OR "));
        int updated = database.update(
                connection, "UPDATE {tasks}" + PICKED + ", version = version + 1 WHERE " + rows, values.toArray());
        if (updated != chosen.size()) {
            throw new SQLException("of " + chosen.size() + " calls that are locked, " + updated + " were updated");
        }
        List<Object> picked = new ArrayList<>();
        chosen.forEach(row -> picked.addAll(List.of(row.task(), row.id(), row.version() + 1)));
        return read(
                connection,
                reader,
                "SELECT * FROM {tasks} WHERE " + rows + " ORDER BY execution_time",
                picked.toArray());
    }

    private record Candidate(CallRow row, Instant since) {}

    /** Locks the first due calls of each task, and returns them, the oldest first. */
    List<CallRow> lock(Connection connection, Pick pick) throws SQLException {
        List<String> queries = new ArrayList<>();
        List<List<Object>> values = new ArrayList<>();
        pick.free.tasks().forEach((name, share) -> {
            queries.add(ORDINARY);
            values.add(List.of(name, pick.now, share.seats()));
            queries.add(DEFERRED);
            values.add(List.of(name, pick.now, pick.deferredOf(name)));
        });
        List<Candidate> found = new ArrayList<>();
        if (database.dialect() == DurableDialect.MARIADB) {
            lockNoGaps(connection);
            String all = "SELECT * FROM ((" + String.join(") UNION ALL (", queries) + ")) AS due";
            found.addAll(candidates(
                    connection, all, values.stream().flatMap(List::stream).toList()));
        } else {
            for (int i = 0; i < queries.size(); i++) {
                found.addAll(candidates(connection, queries.get(i), values.get(i)));
            }
        }
        // A deferred retry that is due is found twice.
        Set<CallRow> distinct = new HashSet<>();
        return found.stream()
                .sorted(Comparator.comparing(Candidate::since))
                .map(Candidate::row)
                .filter(distinct::add)
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
