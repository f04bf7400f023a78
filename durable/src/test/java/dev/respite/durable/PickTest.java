package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.Seats.Share;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** The statements that pick calls. */
class PickTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    private final List<String> ids = new ArrayList<>();

    /** Adds a call; a deferred one is due much later. */
    private void add(DataSource dataSource, String task, Instant since, boolean deferred) throws SQLException {
        CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults());
        String id = task + " " + ids.size();
        ids.add(id);
        database.transaction(connection -> database.update(
                connection,
                "INSERT INTO {tasks} (task_name, task_instance, task_data, execution_time, deferred_until, picked, version)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                task,
                id,
                new byte[] {1},
                deferred ? NOW.plusSeconds(3_600) : since,
                deferred ? java.util.Optional.of(since) : java.util.Optional.empty(),
                false,
                1L));
    }

    private static Seats.Free free(int general, int kept, Map<String, Share> tasks) {
        return new Seats.Free(general, kept, new TreeMap<>(tasks));
    }

    private static List<String> pick(CallDatabase database, Seats.Free free, Map<String, Integer> deferred) {
        return new PickStatements(database).pick(new PickStatements.Pick(free, deferred, NOW, "me"), rows -> {
            List<String> picked = new ArrayList<>();
            while (rows.next()) {
                assertThat(rows.getBoolean("picked")).isTrue();
                assertThat(rows.getLong("version")).isEqualTo(2);
                assertThat(rows.getBytes("task_data")).containsExactly(1);
                assertThat(rows.getObject("deferred_until")).isNull();
                picked.add(rows.getString("task_instance"));
            }
            return picked;
        });
    }

    @OnEachStore
    void deferredCalls_arePickedUpToTheirNumber_theOldestFirst(TestStore store) throws SQLException {
        DataSource dataSource = store.emptied();
        CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults());
        for (int i = 0; i < 5; i++) {
            add(dataSource, "a", NOW.minusSeconds(i), true);
        }
        add(dataSource, "a", NOW.plusSeconds(1), true);
        add(dataSource, "b", NOW.minusSeconds(9), true);
        add(dataSource, "a", NOW.minusSeconds(1), false);
        Seats.Free free = free(9, 0, Map.of("a", new Share(9, 0, 0), "b", new Share(9, 0, 0)));
        assertThat(pick(database, free, Map.of("a", 2, "b", 0))).containsExactlyInAnyOrder("a 3", "a 4", "a 7");
        assertThat(pick(database, free, Map.of("a", 0, "b", 0))).isEmpty();
        assertThat(pick(database, free, Map.of("a", 9, "b", Integer.MAX_VALUE)))
                .containsExactlyInAnyOrder("a 0", "a 1", "a 2", "b 6");
        assertThat(TestStore.strings(dataSource, "SELECT task_instance FROM respite_task WHERE picked = FALSE"))
                .containsExactly("a 5");
    }

    /** Its hour is over, and the pace still permits none. */
    @OnEachStore
    void deferredCall_thatIsDue_isPickedOnceWhateverThePacePermits(TestStore store) throws SQLException {
        DataSource dataSource = store.emptied();
        CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults());
        for (int i = 0; i < 3; i++) {
            add(dataSource, "a", NOW.minusSeconds(3_600), true);
        }
        database.transaction(connection ->
                database.update(connection, "UPDATE {tasks} SET execution_time = ? WHERE task_instance <> 'a 2'", NOW));
        Seats.Free free = free(9, 0, Map.of("a", new Share(9, 0, 0)));
        assertThat(pick(database, free, Map.of("a", 0))).containsExactlyInAnyOrder("a 0", "a 1");
        TestStore.run(dataSource, "UPDATE respite_task SET picked = FALSE, version = 1");
        database.transaction(connection ->
                database.update(connection, "UPDATE {tasks} SET deferred_until = ?", NOW.minusSeconds(1)));
        assertThat(pick(database, free, Map.of("a", 9))).containsExactlyInAnyOrder("a 0", "a 1", "a 2");
    }

    /** MariaDB would lock the gap behind the last due row, where the new one belongs. */
    @OnEachStore
    void lock_ofTheDueCalls_holdsUpNoEnqueuing(TestStore store) throws SQLException {
        DataSource dataSource = store.emptied();
        add(dataSource, "payment", NOW.minusSeconds(9), false);
        add(dataSource, "payment", NOW.plusSeconds(3_600), false);
        CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults());
        Seats.Free free = free(9, 0, Map.of("payment", new Share(9, 0, 0)));
        database.transaction(connection -> {
            PickStatements.Pick pick = new PickStatements.Pick(free, Map.of("payment", 9), NOW, "me");
            assertThat(new PickStatements(database).lock(connection, pick)).hasSize(1);
            TaskQueue.of(dataSource).enqueue(DurableFixture.PAYMENT, "order 17");
            return true;
        });
        assertThat(TestStore.tasks(dataSource)).isEqualTo(3);
    }

    /** Random backlogs, seats and paces. */
    @OnEachStore
    void pick_choosesAsTheSeatsDo(TestStore store) throws SQLException {
        for (long seed = 0; seed < 15; seed++) {
            Random random = new Random(seed);
            DataSource dataSource = store.emptied();
            CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults());
            List<String> tasks = IntStream.rangeClosed(0, random.nextInt(6))
                    .mapToObj(i -> "task " + i)
                    .toList();
            Seats seats = new Seats(
                    1 + random.nextInt(10),
                    tasks.stream().collect(Collectors.toMap(task -> task, task -> Seats.Limits.NONE)),
                    0);
            Seats.Free before = seats.free(0);
            List<CallRow> running = IntStream.range(0, random.nextInt(6))
                    .mapToObj(i -> new CallRow("task 0", "running " + i, 1))
                    .limit(before.of("task 0").calls())
                    .toList();
            seats.take(before, running, 0, 1);
            // Where the first task has taken all it may, calls are picked ahead.
            running.stream().limit(1).forEach(call -> seats.release(call, 1));
            for (int i = 0; i < 25; i++) {
                add(
                        dataSource,
                        tasks.get(random.nextInt(tasks.size())),
                        NOW.plusNanos(1_000L * (random.nextInt(1_000_000) - 900_000)),
                        random.nextInt(3) == 0);
            }
            Map<String, Integer> deferred =
                    tasks.stream().collect(Collectors.toMap(task -> task, task -> random.nextInt(4)));
            Seats.Free free = seats.free(1);
            PickStatements statements = new PickStatements(database);
            List<String> expected = database.transaction(connection -> free
                    .choose(
                            statements.lock(connection, new PickStatements.Pick(free, deferred, NOW, "me")),
                            CallRow::task)
                    .stream()
                    .map(CallRow::id)
                    .toList());
            assertThat(pick(database, free, deferred))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    /** It is due as before, and a deferred retry is due at once: the pick has taken its own time from it. */
    @OnEachStore
    void callThatIsPutBack_isDue_andCountsNoAttempt(TestStore store) throws SQLException {
        DataSource dataSource = store.emptied();
        CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults(), new At(TimeSource.system(), NOW));
        add(dataSource, "a", NOW.minusSeconds(9), false);
        add(dataSource, "a", NOW.minusSeconds(1), true);
        Seats.Free free = free(9, 0, Map.of("a", new Share(9, 0, 0)));
        assertThat(pick(database, free, Map.of("a", 9))).hasSize(2);
        CallStatements calls = new CallStatements(database);
        for (String id : ids) {
            calls.putBack(new CallRow("a", id, 2));
        }
        assertThatThrownBy(() -> calls.putBack(new CallRow("a", "a 0", 2)))
                .isInstanceOf(CallStatements.LostRowException.class);
        assertThat(TestStore.strings(
                        dataSource,
                        "SELECT task_instance FROM respite_task WHERE picked = FALSE AND picked_by IS NULL"
                                + " AND last_heartbeat IS NULL AND version = 3"))
                .containsExactlyInAnyOrder("a 0", "a 1");
        List<Instant> due = database.transaction(connection -> database.list(
                connection,
                "SELECT execution_time FROM {tasks} ORDER BY execution_time",
                row -> database.instant(row, "execution_time").orElseThrow()));
        assertThat(due).containsExactly(NOW.minusSeconds(9), NOW);
    }

    private record At(TimeSource delegate, Instant wallTime) implements TimeSource.Forwarding {}

    /** The driver counts one row too few, or the database fails when the picked rows are read. */
    @OnEachStore
    void pick_thatFailsBeforeItsEnd_picksNone(TestStore store) throws SQLException {
        assumeThat(store).as("one statement picks and reads").isNotEqualTo(TestStore.POSTGRESQL);
        DataSource dataSource = store.emptied();
        for (int i = 0; i < 3; i++) {
            add(dataSource, "a", NOW.minusSeconds(i), i == 0);
        }
        Seats.Free free = free(9, 0, Map.of("a", new Share(9, 0, 0)));
        for (String failing : List.of("set picked = ?", "select * from respite_task where")) {
            CallDatabase database = CallDatabase.of(failingAt(dataSource, failing), DurableTables.defaults());
            assertThatThrownBy(() -> pick(database, free, Map.of("a", 9)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("calls could not be picked");
            assertThat(TestStore.strings(
                            dataSource, "SELECT version FROM respite_task WHERE picked = FALSE ORDER BY task_instance"))
                    .containsExactly("1", "1", "1");
        }
        CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults());
        assertThat(pick(database, free, Map.of("a", 9))).hasSize(3);
    }

    private static DataSource failingAt(DataSource dataSource, String failing) {
        return BackgroundWrites.connections(
                dataSource,
                connection -> BackgroundWrites.proxy(Connection.class, (proxy, method, arguments) -> {
                    Object result = BackgroundWrites.invoke(connection, method, arguments);
                    boolean fails = method.getName().equals("prepareStatement")
                            && ((String) arguments[0]).toLowerCase(Locale.ROOT).contains(failing);
                    return fails ? failing((PreparedStatement) result) : result;
                }));
    }

    private static PreparedStatement failing(PreparedStatement statement) {
        return BackgroundWrites.proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            Object result = BackgroundWrites.invoke(statement, method, arguments);
            if (method.getName().equals("executeQuery")) {
                throw new SQLException("the database is away", "08006");
            }
            return method.getName().equals("executeUpdate") ? (Object) ((Integer) result - 1) : result;
        });
    }
}
