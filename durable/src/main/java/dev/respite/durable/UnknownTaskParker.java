package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.CallStatements.LostRowException;
import dev.respite.durable.Envelope.UnreadableDataException;
import dev.respite.logging.FailureText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Parks due calls whose task this instance does not know, when no other instance has run them for a configured time. */
final class UnknownTaskParker {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    private static final int BATCH = 100;
    private static final Duration MAX_INTERVAL = Duration.ofMinutes(1);

    private final CallDatabase database;
    private final CallStatements calls;
    private final GiveUp giveUp;
    private final Set<String> known;
    private final DurableSettings settings;
    private final DeadLetterLog log;

    UnknownTaskParker(CallDatabase database, Set<String> known, DurableSettings settings, DeadLetterLog log) {
        this.database = database;
        this.calls = new CallStatements(database);
        this.giveUp = new GiveUp(database);
        this.known = new TreeSet<>(known);
        this.settings = settings;
        this.log = log;
    }

    /** Returns the time between two looks for such calls. */
    Duration interval() {
        Duration quarter = settings.waits().parkUnknownTasksAfter().dividedBy(4);
        return quarter.compareTo(MAX_INTERVAL) < 0 ? quarter : MAX_INTERVAL;
    }

    void parkAll() {
        try {
            int parked;
            do {
                parked = 0;
                for (Found found : find()) {
                    parked += park(found) ? 1 : 0;
                }
            } while (parked == BATCH);
        } catch (SQLException | RuntimeException failure) {
            LOGGER.log(
                    WARNING,
                    "calls of unknown tasks could not be parked; it is tried again",
                    FailureText.loggable(failure));
        }
    }

    /** A row and its stored envelope. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Found(CallRow row, byte[] stored) {}

    /** Rows of another library are not returned, however many there are. A call that waits in its sequence is not due. */
    private List<Found> find() throws SQLException {
        return database.transaction(connection -> database.isTimeSettled(connection) ? find(connection) : List.of());
    }

    private List<Found> find(Connection connection) throws SQLException {
        Instant since = now().minus(settings.waits().parkUnknownTasksAfter());
        Instant lastSign = since.minus(settings.heartbeat().multipliedBy(DurableSettings.MISSED_HEARTBEATS));
        String names = known.isEmpty()
                ? ""
                : " AND task_name NOT IN (" + String.join(", ", Collections.nCopies(known.size(), "?")) + ")";
        String query = "SELECT task_name, task_instance, task_data, version FROM {tasks}"
                + " WHERE ((picked = FALSE AND waits_in_sequence = FALSE AND execution_time <= ?)"
                + " OR (picked = TRUE AND last_heartbeat <= ?))"
                + " AND SUBSTRING(task_data, 1, 2) = ?" + names + " ORDER BY execution_time LIMIT " + BATCH;
        List<Object> values = new ArrayList<>(List.of(since, lastSign, Envelope.mark()));
        values.addAll(known);
        return database.list(connection, query, UnknownTaskParker::found, values.toArray());
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                new CallRow(row.getString("task_name"), row.getString("task_instance"), row.getLong("version")),
                row.getBytes("task_data"));
    }

    private Instant now() {
        return database.time().wallTime();
    }

    private boolean park(Found found) throws SQLException {
        if (!database.transaction(connection -> calls.isUnlocked(connection, found.row()))) {
            return false;
        }
        try {
            log.add(giveUp.park(found.row(), letter(found), found.stored()));
            return true;
        } catch (LostRowException takenOver) {
            return false;
        }
    }

    private DeadLetter letter(Found found) {
        String error = "no instance that knows the task '" + found.row().task() + "' has run the call within "
                + settings.waits().parkUnknownTasksAfter() + " after it was due; start one, and replay the call";
        try {
            return DeadLetterFactory.parked(found.row(), Envelope.decode(found.stored()), "unknown task", error, now());
        } catch (UnreadableDataException damaged) {
            return DeadLetterFactory.unreadable(found.row(), damaged, now());
        }
    }
}
