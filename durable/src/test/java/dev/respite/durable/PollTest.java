package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.durable.Seats.Share;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** Polls of a table with many due rows of tasks that the instance does not know. */
class PollTest {

    private static final String DIGIT =
            "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"
                    + " UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) ";

    /** PostgreSQL has the statistics of a table that was worked off, and then filled again. */
    @OnEachStore
    void poll_besideManyDueRowsOfUnknownTasks_readsOnlyThoseOfItsOwn(TestStore store) throws Exception {
        assumeThat(store).as("H2 is for tests").isNotEqualTo(TestStore.H2);
        try (DurableFixture fixture = new DurableFixture(store)) {
            CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults());
            Instant now = fixture.time.wallTime();
            if (store == TestStore.POSTGRESQL) {
                leaveOneOfMany(database, fixture, now);
            }
            try (Connection connection = fixture.dataSource.getConnection()) {
                addForeign(database, connection, now.minusSeconds(60));
            }
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            for (int i = 0; i < 50; i++) {
                queue.enqueue(DurableFixture.PAYMENT, "order " + i);
            }
            queue.enqueue(DurableTask.of("mail", DataCodec.text()), "mail");
            Share share = new Share(30, 10, 0);
            Seats.Free free =
                    new Seats.Free(15, 15, new TreeMap<>(Map.of("payment", share, "mail", share, "unused", share)));
            PickStatements statements = new PickStatements(database);
            PickStatements.Pick pick = new PickStatements.Pick(
                    free, Map.of("payment", 30, "mail", 30, "unused", 30), now.plusSeconds(60), "me");
            database.transaction(connection -> {
                if (store == TestStore.POSTGRESQL) {
                    assertThat(rowsPicked(database, connection, PickStatements.single(pick), pick))
                            .isBetween(26L, 900L);
                } else {
                    long before = handlerReads(database, connection);
                    assertThat(statements.lock(connection, pick)).hasSize(31);
                    assertThat(handlerReads(database, connection) - before).isBetween(31L, 300L);
                }
                return true;
            });
            TestStore.run(fixture.dataSource, "UPDATE respite_task SET picked = FALSE WHERE picked = TRUE");
            AtomicInteger data = new AtomicInteger();
            List<String> picked = statements.pick(pick, rows -> {
                List<String> names = new ArrayList<>();
                while (rows.next()) {
                    names.add(rows.getString("task_name"));
                    data.addAndGet(rows.getBytes("call_data") == null ? 0 : 1);
                }
                return names;
            });
            // Ten calls in the kept seats of the task and one in another's, then those in the general seats.
            assertThat(picked).hasSize(26).contains("payment", "mail").doesNotContain("foreign");
            assertThat(data).hasValue(26);
        }
    }

    /** PostgreSQL keeps its plans, also those that it made for an empty table, until it has cleaned or counted the rows. */
    @OnEachStore
    void plans_ofTablesThatWereCleaned_areForFullOnes(TestStore store) throws SQLException {
        assumeThat(store).isEqualTo(TestStore.POSTGRESQL);
        try (DurableFixture fixture = new DurableFixture(store)) {
            for (String filled : List.of(
                    "respite_task_effect SELECT 'payment', 'order ' || n, 1",
                    "respite_task SELECT 'payment', 'order ' || n, NULL, now(), FALSE, NULL, NULL, NULL, NULL, NULL, 1")) {
                String table = filled.substring(0, filled.indexOf(' '));
                TestStore.run(fixture.dataSource, "INSERT INTO " + filled + " FROM generate_series(1, 5000) AS n");
                TestStore.run(fixture.dataSource, "DELETE FROM " + table);
                TestStore.run(fixture.dataSource, "VACUUM ANALYZE " + table);
                assertThat(
                                plan(
                                        fixture,
                                        "DELETE FROM " + table
                                                + " WHERE task_name = 'payment' AND task_instance = 'order 17' AND version = 1"))
                        .contains("Index Scan");
            }
            Seats.Free free = new Seats.Free(10, 5, new TreeMap<>(Map.of("payment", new Share(10, 5, 0))));
            PickStatements.Pick pick = new PickStatements.Pick(free, Map.of(), Instant.EPOCH, "me");
            assertThat(plan(fixture, PickStatements.single(pick), PickStatements.values(pick)))
                    .contains("Tid Scan on respite_task");
        }
    }

    private static String plan(DurableFixture fixture, String sql, Object... values) throws SQLException {
        CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults());
        return database.transaction(connection ->
                String.join("\n", database.list(connection, "EXPLAIN " + sql, row -> row.getString(1), values)));
    }

    /** Of PostgreSQL: the pick and the removal. Of the others: the locks, the update and the data, and the removal. */
    @OnEachStore
    void call_thatSucceeds_isFewStatements(TestStore store) {
        List<String> statements = new CopyOnWriteArrayList<>();
        try (DurableFixture fixture = new DurableFixture(store, dataSource -> recorded(dataSource, statements))) {
            fixture.start(b -> b.heartbeat(Duration.ofHours(1))
                    .pollInterval(Duration.ofHours(1))
                    .task(DurableFixture.PAYMENT, DurableFixture.retry("max-attempts=5"), fixture.failingUntil(1)));
            DurableFixture.eventually(() -> assertThat(statements).anyMatch(sql -> sql.contains("since")));
            fixture.awaitIdle();
            statements.clear();
            TaskQueue.of(fixture.dataSource).enqueue(DurableFixture.PAYMENT, "order 17");
            fixture.wake();
            fixture.awaitEmpty();
            assertThat(statements)
                    .hasSize(
                            switch (store) {
                                case POSTGRESQL -> 2;
                                case MARIADB -> 4;
                                case H2 -> 5;
                            });
        }
    }

    /** Beside picks, a call on PostgreSQL is its removal and the look for the next one. The others do more, also after the commit. */
    @OnEachStore
    void callOfASequence_isFewStatements(TestStore store) {
        List<String> statements = new CopyOnWriteArrayList<>();
        EnqueueOptions order17 = EnqueueOptions.defaults().withSequence("order 17");
        CountDownLatch goesOn = new CountDownLatch(1);
        try (DurableFixture fixture = new DurableFixture(store, dataSource -> recorded(dataSource, statements))) {
            fixture.start(b -> b.heartbeat(Duration.ofHours(1))
                    .pollInterval(Duration.ofHours(1))
                    .task(DurableFixture.PAYMENT, DurableFixture.retry("max-attempts=5"), (data, context) -> {
                        fixture.attempts.add(context);
                        goesOn.await();
                    }));
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            queue.enqueue(DurableFixture.PAYMENT, "order 17", order17);
            fixture.wake();
            fixture.awaitAttempts(1);
            // On H2 one look locks out another, which looks again a second later.
            for (int i = 1; i <= 3; i++) {
                int behind = i;
                queue.enqueue(DurableFixture.PAYMENT, "order 17", order17);
                fixture.wake();
                DurableFixture.eventually(() -> assertThat(TestStore.strings(
                                fixture.dataSource,
                                "SELECT version FROM respite_task WHERE waits_in_sequence = TRUE AND picked = FALSE"))
                        .hasSize(behind));
            }
            statements.clear();
            goesOn.countDown();
            fixture.awaitEmpty();
            long picks =
                    statements.stream().filter(sql -> sql.contains("since")).count();
            assertThat(statements.size() - picks).isLessThanOrEqualTo(store == TestStore.POSTGRESQL ? 8 : 30);
        }
    }

    private static DataSource recorded(DataSource dataSource, List<String> statements) {
        return BackgroundWrites.connections(
                dataSource,
                connection -> BackgroundWrites.proxy(Connection.class, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        statements.add((String) arguments[0]);
                    }
                    return BackgroundWrites.invoke(connection, method, arguments);
                }));
    }

    /** The pool is empty after a call was picked. */
    @OnEachStore
    void pick_thatIsFollowedByNoConnection_isNoLostAttempt(TestStore store) {
        ThreadLocal<Boolean> hasPicked = ThreadLocal.withInitial(() -> false);
        AtomicInteger failures = new AtomicInteger();
        try (DurableFixture fixture =
                new DurableFixture(store, dataSource -> emptyAfterAPick(dataSource, hasPicked, failures))) {
            fixture.start(b -> b.heartbeat(Duration.ofMillis(100))
                    .task(DurableFixture.PAYMENT, DurableFixture.retry("max-attempts=5"), fixture.failingUntil(1)));
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            for (int i = 0; i < 20; i++) {
                queue.enqueue(DurableFixture.PAYMENT, "order " + i);
            }
            fixture.awaitEmpty();
            assertThat(failures).hasPositiveValue();
            assertThat(fixture.attempts)
                    .hasSize(20)
                    .allSatisfy(
                            context -> assertThat(context.attempt().number()).isEqualTo(1));
        }
    }

    private static DataSource emptyAfterAPick(
            DataSource dataSource, ThreadLocal<Boolean> hasPicked, AtomicInteger failures) {
        DataSource picking = BackgroundWrites.connections(
                dataSource,
                connection -> BackgroundWrites.proxy(Connection.class, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")
                            && String.valueOf(arguments[0])
                                    .toLowerCase(Locale.ROOT)
                                    .contains("set picked = ?, picked_by")) {
                        hasPicked.set(true);
                    }
                    return BackgroundWrites.invoke(connection, method, arguments);
                }));
        return BackgroundWrites.proxy(DataSource.class, (proxy, method, arguments) -> {
            if (hasPicked.get()) {
                hasPicked.set(false);
                failures.incrementAndGet();
                throw new SQLTransientConnectionException("no connection is free");
            }
            return BackgroundWrites.invoke(picking, method, arguments);
        });
    }

    private static void leaveOneOfMany(CallDatabase database, DurableFixture fixture, Instant now) throws SQLException {
        TestStore.run(fixture.dataSource, "TRUNCATE respite_task");
        try (Connection connection = fixture.dataSource.getConnection()) {
            addForeign(database, connection, now);
        }
        // The last row keeps the pages of the table from being given back.
        TestStore.run(
                fixture.dataSource, "DELETE FROM respite_task WHERE ctid <> (SELECT max(ctid) FROM respite_task)");
        TestStore.run(fixture.dataSource, "VACUUM respite_task");
        TestStore.run(fixture.dataSource, "DELETE FROM respite_task");
    }

    private static void addForeign(CallDatabase database, Connection connection, Instant due) throws SQLException {
        String rows = "INSERT INTO {tasks} (task_name, task_instance, execution_time, picked, version)"
                + " SELECT 'foreign', CONCAT(a.n, b.n, c.n, d.n, e.n), ?, FALSE, 1 FROM " + DIGIT + "a CROSS JOIN "
                + DIGIT
                + "b CROSS JOIN " + DIGIT + "c CROSS JOIN " + DIGIT + "d CROSS JOIN " + DIGIT + "e";
        assertThat(database.update(connection, rows, due)).isEqualTo(100_000);
    }

    /** The number of rows or index entries that the statement reads in all steps. */
    private static long rowsPicked(CallDatabase database, Connection connection, String sql, PickStatements.Pick pick)
            throws SQLException {
        return sum(database.list(
                connection,
                "EXPLAIN (ANALYZE, COSTS OFF) " + sql,
                row -> row.getString(1),
                PickStatements.values(pick)));
    }

    private static long handlerReads(CallDatabase database, Connection connection) throws SQLException {
        return database.list(connection, "SHOW SESSION STATUS LIKE 'Handler_read%'", row -> row.getLong(2)).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** A line of a plan has the rows of a step, or those that a filter has removed. */
    private static long sum(List<String> plan) {
        return Pattern.compile("(?:rows=(\\d+)(?:\\.\\d+)? loops=\\d+\\)|Removed by Filter: (\\d+))")
                .matcher(String.join("\n", plan))
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1) == null ? match.group(2) : match.group(1)))
                .sum();
    }
}
