package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import dev.respite.jdbc.transaction.LocalTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Parks due calls whose task this instance does not know, when no other instance has run them for a configured time. */
final class UnknownTaskParker {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    private static final int BATCH = 100;
    private static final Duration MAX_INTERVAL = Duration.ofMinutes(1);

    private final DataSource dataSource;
    private final TaskQueue queue;
    private final DeadLetters letters;
    private final Set<String> known;
    private final DurableSettings settings;
    private final ScheduledExecutorService executor;

    UnknownTaskParker(
            DataSource dataSource, TaskQueue queue, DeadLetters letters, Set<String> known, DurableSettings settings) {
        this.dataSource = dataSource;
        this.queue = queue;
        this.letters = letters;
        this.known = new TreeSet<>(known);
        this.settings = settings;
        this.executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "respite-durable-unknown");
            thread.setDaemon(true);
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            return thread;
        });
    }

    void start() {
        Duration quarter = settings.limits().parkUnknownTasksAfter().dividedBy(4);
        long millis = (quarter.compareTo(MAX_INTERVAL) < 0 ? quarter : MAX_INTERVAL).toMillis();
        Future<?> unused = executor.scheduleWithFixedDelay(this::parkAll, millis, millis, TimeUnit.MILLISECONDS);
    }

    void stop() {
        executor.shutdown();
    }

    private void parkAll() {
        try {
            int parked;
            do {
                parked = 0;
                for (Found found : find()) {
                    parked += park(found) ? 1 : 0;
                }
            } while (parked == BATCH);
        } catch (SQLException | RuntimeException failure) {
            LOGGER.log(WARNING, "calls of unknown tasks could not be parked; it is tried again", failure);
        }
    }

    /** A row, and what is stored in it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Found(CallRow row, byte[] stored) {}

    private List<Found> find() throws SQLException {
        Instant since = queue.now().minus(settings.limits().parkUnknownTasksAfter());
        Instant lastSign = since.minus(settings.heartbeat().multipliedBy(DurableSettings.MISSED_HEARTBEATS));
        String names = known.isEmpty()
                ? ""
                : " AND task_name NOT IN (" + String.join(", ", Collections.nCopies(known.size(), "?")) + ")";
        String query = "SELECT task_name, task_instance, task_data, version FROM "
                + settings.tables().tasks()
                + " WHERE ((picked = ? AND execution_time <= ?) OR (picked = ? AND last_heartbeat <= ?))" + names
                + " ORDER BY execution_time LIMIT " + BATCH;
        return LocalTransaction.run(dataSource, (Connection connection) -> {
            JdbcCustomization binding = queue.dialect().customization();
            try (PreparedStatement statement = connection.prepareStatement(query)) {
                int index = 1;
                statement.setBoolean(index++, false);
                binding.setInstant(statement, index++, since);
                statement.setBoolean(index++, true);
                binding.setInstant(statement, index++, lastSign);
                for (String name : known) {
                    statement.setString(index++, name);
                }
                try (ResultSet row = statement.executeQuery()) {
                    return found(row);
                }
            }
        });
    }

    /** Rows of another library are left alone: they are not ours to park. */
    private static List<Found> found(ResultSet row) throws SQLException {
        List<Found> found = new ArrayList<>();
        while (row.next()) {
            byte @Nullable [] stored = row.getBytes("task_data");
            if (stored != null && EnvelopeCodec.isEnvelope(stored)) {
                found.add(new Found(
                        new CallRow(row.getString("task_name"), row.getString("task_instance"), row.getLong("version")),
                        stored));
            }
        }
        return found;
    }

    private boolean park(Found found) throws SQLException {
        DeadLetter letter = letter(found);
        try {
            letters.park(found.row(), letter, found.stored());
        } catch (LostRowException takenOver) {
            return false;
        }
        LOGGER.log(
                WARNING,
                "call '" + letter.call().id() + "' is among the dead letters: "
                        + letter.attempts().lastError());
        return true;
    }

    private DeadLetter letter(Found found) {
        String error = "no instance that knows the task '" + found.row().task() + "' has run the call within "
                + settings.limits().parkUnknownTasksAfter() + " after it was due; start one, and replay the call";
        try {
            return DeadLetterFactory.parked(
                    found.row(), Envelope.decode(found.stored()), "unknown task", error, queue.now());
        } catch (UnreadableDataException damaged) {
            return DeadLetterFactory.unreadable(found.row(), damaged, queue.now());
        }
    }
}
