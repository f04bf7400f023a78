package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.testsupport.RealTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A row that is locked by a connection which has frozen. Nothing but its own call waits for it: the lock is held until the end of
 * each test.
 */
class LockedRowTest {

    private static final String SOON = "max-attempts=5 base-delay=1ms max-delay=5ms total-timeout=1h budget=off";
    private static final String REMOVAL = "DELETE FROM respite_task {row}";
    private static final String LOCK = "SELECT version FROM respite_task {row} FOR UPDATE";
    private static final Duration HEARTBEAT = Duration.ofMillis(250);
    private static final DurableTask<String> OTHER = DurableTask.of("other", DataCodec.text());

    private final List<String> made = new CopyOnWriteArrayList<>();
    private final List<Frozen> opened = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() throws SQLException {
        for (Frozen each : opened) {
            each.end();
        }
    }

    /** A transaction that has locked rows, on a connection of its own. */
    private Frozen frozen(DurableFixture fixture, String statement, DurableTask<?> task, String... ids)
            throws SQLException {
        Frozen frozen = new Frozen(fixture, statement, task, ids);
        opened.add(frozen);
        return frozen;
    }

    private DurableRetry start(DurableFixture fixture) {
        return fixture.start(
                b -> b.heartbeat(HEARTBEAT).threads(2).task(PAYMENT, retry(SOON), (data, context) -> made.add(data)));
    }

    private static EnqueueOptions id(String id) {
        return EnqueueOptions.defaults().withId(id);
    }

    /** A transaction that is not committed. */
    private static final class Frozen {

        private final Connection connection;

        Frozen(DurableFixture fixture, String statement, DurableTask<?> task, String... ids) throws SQLException {
            connection = fixture.dataSource.getConnection();
            connection.setAutoCommit(false);
            for (String id : ids) {
                // By the primary key: MariaDB would lock each row that it reads, and the gaps between them.
                try (Statement sql = connection.createStatement()) {
                    sql.execute(statement.replace(
                            "{row}", "WHERE task_name = '" + task.name() + "' AND task_instance = '" + id + "'"));
                }
            }
        }

        /** The database has noticed it. */
        void end() throws SQLException {
            if (!connection.isClosed()) {
                connection.rollback();
                connection.setAutoCommit(true);
                connection.close();
            }
        }
    }

    /** The calls are running in an instance that has died. */
    private static void die(DurableFixture fixture, Instant lastSign) throws SQLException {
        CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults());
        database.transaction(connection -> database.update(
                connection,
                "UPDATE {tasks} SET picked = ?, picked_by = ?, last_heartbeat = ?, version = version + 1",
                true,
                "dead",
                lastSign));
    }

    @OnEachStore
    void nextOfASequence_whoseRowIsLockedWhenTheOneBeforeEnds_isMadeAfterTheLock(TestStore store) throws Exception {
        CountDownLatch goesOn = new CountDownLatch(1);
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(SOON), (data, context) -> {
                made.add(data);
                goesOn.await();
            }));
            durable.queue().enqueue(PAYMENT, "first", id("first").withSequence("order 17"));
            eventually(() -> assertThat(made).containsExactly("first"));
            durable.queue().enqueue(PAYMENT, "second", id("second").withSequence("order 17"));
            String waiting = "SELECT task_instance FROM respite_task WHERE waits_in_sequence = TRUE AND picked = FALSE";
            eventually(() ->
                    assertThat(TestStore.strings(fixture.dataSource, waiting)).containsExactly("second"));
            Frozen frozen = frozen(fixture, LOCK, PAYMENT, "second");
            goesOn.countDown();
            eventually(() ->
                    assertThat(TestStore.tasks(fixture.dataSource)).as("calls").isEqualTo(1));
            frozen.end();
            eventually(() -> assertThat(made).containsExactly("first", "second"));
        } finally {
            goesOn.countDown();
        }
    }

    @OnEachStore
    void deadInstance_whoseRowIsLocked_otherCallsAreMadeByTheOthers(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            for (String call : List.of("a", "b", "c")) {
                queue.enqueue(PAYMENT, call, id(call));
            }
            die(fixture, fixture.time.wallTime().minusSeconds(30));
            Frozen frozen = frozen(fixture, REMOVAL, PAYMENT, "a");
            start(fixture);
            start(fixture);
            eventually(() -> assertThat(made).containsExactlyInAnyOrder("b", "c"));
            // Their heartbeats are written by the thread that looks for dead instances.
            queue.enqueue(PAYMENT, "d", id("d"));
            eventually(() -> assertThat(made).contains("d"));
            frozen.end();
            eventually(() -> assertThat(made).containsExactlyInAnyOrder("a", "b", "c", "d"));
            fixture.awaitEmpty();
        }
    }

    /** Six heartbeats and a poll: four are missed, and the instances look every second one. */
    @Tag("slow")
    @OnEachStore
    void deadInstance_whoseRowIsLocked_isNoticedWithinSixHeartbeats(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            Duration heartbeat = Duration.ofSeconds(1);
            for (int instance = 0; instance < 2; instance++) {
                fixture.start(
                        b -> b.heartbeat(heartbeat).task(PAYMENT, retry(SOON), (data, context) -> made.add(data)));
            }
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            Instant later = fixture.time.wallTime().plusSeconds(3_600);
            RealTime.assertOnce(() -> {
                made.clear();
                for (String call : List.of("a", "b", "c")) {
                    queue.enqueue(PAYMENT, call, id(call).withNotBefore(later));
                }
                die(fixture, fixture.time.wallTime());
                long start = System.nanoTime();
                Frozen frozen = frozen(fixture, REMOVAL, PAYMENT, "a");
                eventually(() -> assertThat(made).containsExactlyInAnyOrder("b", "c"));
                Duration taken = Duration.ofNanos(System.nanoTime() - start);
                frozen.end();
                eventually(() -> assertThat(made).hasSize(3));
                fixture.awaitEmpty();
                assertThat(taken).isLessThan(heartbeat.multipliedBy(6).plusMillis(100));
            });
        }
    }

    /** Without statements of its own, an instance would take each time between two looks for an outage of the database. */
    @Tag("slow")
    @Test
    void deadInstance_besideAnIdleOneThatPollsRarely_isNoticed() throws Exception {
        DataSource dataSource = TestStore.POSTGRESQL.emptied();
        TaskQueue.of(dataSource).enqueue(PAYMENT, "a");
        TestStore.run(
                dataSource,
                "UPDATE respite_task SET picked = TRUE, picked_by = 'dead', last_heartbeat = clock_timestamp()");
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMinutes(1))
                .heartbeat(Duration.ofSeconds(1))
                .task(PAYMENT, retry(SOON), (data, context) -> made.add(data))
                .build()) {
            durable.start();
            String running = "SELECT task_instance FROM respite_task WHERE picked";
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(TestStore.strings(dataSource, running)).isEmpty());
        }
    }

    @OnEachStore
    void dueCalls_whoseRowsAreLocked_leaveTheThreadsToOthers(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = start(fixture);
            Instant later = fixture.time.wallTime().plusSeconds(3_600);
            for (int i = 0; i < 4; i++) {
                durable.queue()
                        .enqueue(PAYMENT, "locked " + i, id("locked " + i).withNotBefore(later));
            }
            Frozen frozen = frozen(fixture, LOCK, PAYMENT, "locked 0", "locked 1", "locked 2", "locked 3");
            fixture.time.leap(Duration.ofHours(2));
            for (int i = 0; i < 4; i++) {
                durable.queue().enqueue(PAYMENT, "free " + i);
            }
            eventually(() -> assertThat(made).containsExactlyInAnyOrder("free 0", "free 1", "free 2", "free 3"));
            frozen.end();
            eventually(() -> assertThat(made).hasSize(8));
        }
    }

    @OnEachStore
    void callInASequence_whoseHeadIsLocked_leavesTheThreadsToOthers(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = start(fixture);
            Instant later = fixture.time.wallTime().plusSeconds(36_000);
            durable.queue()
                    .enqueue(PAYMENT, "head", id("head").withSequence("s").withNotBefore(later));
            Frozen frozen = frozen(fixture, LOCK, PAYMENT, "head");
            for (int i = 0; i < 4; i++) {
                durable.queue().enqueue(PAYMENT, "waits " + i, id("waits " + i).withSequence("s"));
            }
            for (int i = 0; i < 4; i++) {
                String id = "waits " + i;
                String waiting = "SELECT task_instance FROM respite_task WHERE waits_in_sequence = TRUE";
                // The first one behind the locked row looks again a second later.
                eventually(() -> assertThat(
                                TestStore.strings(fixture.dataSource, waiting).contains(id)
                                        || fixture.due(id).isAfter(fixture.time.wallTime()))
                        .isTrue());
            }
            durable.queue().enqueue(PAYMENT, "free");
            eventually(() -> assertThat(made).containsExactly("free"));
            frozen.end();
            fixture.time.leap(Duration.ofHours(20));
            eventually(
                    () -> assertThat(made).containsExactly("free", "head", "waits 0", "waits 1", "waits 2", "waits 3"));
        }
    }

    @OnEachStore
    void unknownTask_whoseRowIsLocked_othersAreParked(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            for (String call : List.of("a", "b", "c")) {
                queue.enqueue(OTHER, call, id(call));
            }
            Frozen frozen = frozen(fixture, REMOVAL, OTHER, "a");
            fixture.start(b -> b.parkUnknownTasksAfter(Duration.ofMillis(400))
                    .task(PAYMENT, retry(SOON), (data, context) -> made.add(data)));
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(letter -> letter.call().id())
                    .containsExactlyInAnyOrder("b", "c"));
            frozen.end();
            eventually(() -> assertThat(fixture.allLetters()).hasSize(3));
        }
    }

    /** The removal, the move to the dead letters and the update that reschedules wait for two seconds, and are repeated. */
    @OnEachStore
    void letter_ofACallWhoseRowIsLockedForAMoment_isWritten(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            List<Frozen> frozen = new CopyOnWriteArrayList<>();
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry("max-attempts=1"), (data, context) -> {
                frozen.add(frozen(fixture, LOCK, PAYMENT, context.id()));
                throw new java.net.ConnectException("refused");
            }));
            durable.queue().enqueue(PAYMENT, "order 17");
            eventually(() -> assertThat(frozen).hasSize(1));
            fixture.start(b -> b.heartbeat(HEARTBEAT).task(OTHER, retry(SOON), (data, context) -> made.add(data)));
            durable.queue().enqueue(OTHER, "free");
            eventually(() -> assertThat(made).containsExactly("free"));
            frozen.get(0).end();
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            fixture.awaitEmpty();
        }
    }

    @OnEachStore
    void cancel_ofACallWhoseRowIsLocked_namesTheLock(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue.of(fixture.dataSource).enqueue(PAYMENT, "a", id("a"));
            Frozen frozen = frozen(fixture, LOCK, PAYMENT, "a");
            PendingCalls calls = PendingCalls.of(fixture.dataSource);
            assertThatThrownBy(() -> calls.cancel("payment", "a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith(
                            "a call could not be cancelled: another transaction has locked the row; repeat it when"
                                    + " that has ended");
            frozen.end();
            assertThat(calls.cancel("payment", "a")).isEqualTo(PendingCalls.Change.CHANGED);
        }
    }

    @OnEachStore
    void release_ofALostCall_makesItDueUnlessAnotherInstanceHasIt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            String id = TaskQueue.of(fixture.dataSource).enqueue(PAYMENT, "17");
            TestStore.run(fixture.dataSource, "UPDATE respite_task SET picked = TRUE, version = 7");
            CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults(), fixture.time);
            byte[] envelope = Envelope.of("key 17", 1, Optional.empty()).encode();
            String picked = "SELECT task_instance FROM respite_task WHERE picked = TRUE";
            for (long version : new long[] {6, 7}) {
                assertThat(TestStore.strings(fixture.dataSource, picked)).containsExactly(id);
                database.transaction("the call could not be released", connection -> {
                    new CallStatements(database)
                            .release(
                                    connection, new CallRow("payment", id, version), envelope, fixture.time.wallTime());
                    return true;
                });
            }
            assertThat(TestStore.strings(fixture.dataSource, picked)).isEmpty();
        }
    }
}
