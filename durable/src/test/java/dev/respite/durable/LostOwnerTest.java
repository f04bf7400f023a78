package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.PendingCall.State;
import dev.respite.durable.PendingCalls.Change;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An instance gives no sign of life, an operator changes its calls, and it goes on all the same. */
class LostOwnerTest {

    private static final DurableTask<String> EFFECT = DurableTask.of("effect", DataCodec.text());
    private static final Duration HEARTBEAT = Duration.ofMillis(50);
    private static final Duration LIMIT = HEARTBEAT.multipliedBy(8);

    /** An hour of backoff, which an operator does not wait for. */
    private static final String SLOW =
            "max-attempts=9 backoff=fixed base-delay=1h jitter=none budget=off total-timeout=9d";

    private final AtomicBoolean isMute = new AtomicBoolean();
    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final List<String> made = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        goesOn.countDown();
    }

    /** Connections that write no heartbeat once the instance is mute. */
    private DataSource heartbeats(DataSource target) {
        return BackgroundWrites.connections(
                target,
                connection -> BackgroundWrites.proxy(Connection.class, (proxy, method, arguments) -> {
                    if (isMute.get()
                            && method.getName().equals("prepareStatement")
                            && String.valueOf(arguments[0]).contains("set last_heartbeat = ?")) {
                        throw new SQLException("no sign of life", "08006");
                    }
                    return BackgroundWrites.invoke(connection, method, arguments);
                }));
    }

    private static PendingCalls calls(DurableFixture fixture) {
        CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults(), fixture.time);
        return new PendingCalls(database, new Sequences(database));
    }

    /** The instance that stops in each of its handlers. */
    private DurableRetry startOwner(DurableFixture fixture) {
        return fixture.start(b -> b.heartbeat(HEARTBEAT)
                .task(PAYMENT, retry(SLOW), (data, context) -> {
                    begun.incrementAndGet();
                    goesOn.await();
                    made.add(data + " " + context.attempt().number());
                    ended.incrementAndGet();
                })
                .effect(EFFECT, retry(SLOW), (connection, data, context) -> {
                    begun.incrementAndGet();
                    TestStore.book(connection, data + " " + context.attempt().number());
                    goesOn.await();
                    ended.incrementAndGet();
                }));
    }

    private void startOther(DurableFixture fixture) {
        fixture.start(b -> b.heartbeat(HEARTBEAT)
                .task(
                        PAYMENT,
                        retry(SLOW),
                        (data, context) ->
                                made.add(data + " " + context.attempt().number()))
                .effect(
                        EFFECT,
                        retry(SLOW),
                        (connection, data, context) -> TestStore.book(
                                connection, data + " " + context.attempt().number())));
    }

    private static EnqueueOptions id(String id) {
        return EnqueueOptions.defaults().withId(id);
    }

    private static PendingCall call(PendingCalls calls, String task, String id) {
        return calls.find(task, id).orElseThrow();
    }

    @OnEachStore
    void change_ofTheCallsOfALostInstanceThatGoesOn_countsOnce(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store, this::heartbeats)) {
            DurableRetry owner = startOwner(fixture);
            PendingCalls calls = calls(fixture);
            for (DurableTask<String> task : List.of(PAYMENT, EFFECT)) {
                owner.queue().enqueue(task, "run", id("run"));
                owner.queue().enqueue(task, "cancel", id("cancel"));
            }
            eventually(() -> assertThat(begun).hasValue(4));
            assertThat(call(calls, "payment", "run").owner().orElseThrow())
                    .startsWith(ProcessHandle.current().pid() + "@")
                    .doesNotContain("/");
            isMute.set(true);
            eventually(() -> assertThat(calls.list(PendingCall.Filter.all()))
                    .allSatisfy(call ->
                            assertThat(call.heartbeatAge().orElseThrow()).isGreaterThan(LIMIT)));
            Instant later = EnqueueOptions.later(fixture.time.wallTime(), Duration.ofHours(7));
            for (String task : List.of("payment", "effect")) {
                assertThat(calls.reschedule(task, "run", later)).isEqualTo(Change.CHANGED);
                PendingCall changed = call(calls, task, "run");
                assertThat(changed.state()).isEqualTo(State.SCHEDULED);
                assertThat(changed.due()).isEqualTo(later);
                assertThat(changed.owner()).isEmpty();
                assertThat(changed.heartbeatAge()).isEmpty();
                assertThat(calls.runNow(task, "run")).isEqualTo(Change.CHANGED);
                assertThat(calls.cancel(task, "cancel")).isEqualTo(Change.CHANGED);
                assertThat(calls.cancel(task, "cancel")).isEqualTo(Change.ABSENT);
            }
            goesOn.countDown();
            eventually(() -> assertThat(ended).hasValueGreaterThanOrEqualTo(4));
            isMute.set(false);
            startOther(fixture);
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("run 2");
            assertThat(made).containsExactlyInAnyOrder("run 1", "cancel 1", "run 2");
            assertThat(fixture.allLetters())
                    .extracting(letter -> letter.state() + " " + letter.call().task())
                    .containsExactlyInAnyOrder("CANCELLED payment", "CANCELLED effect");
            // A replay finds no trace of the attempt that was cut off.
            fixture.letters().replay(DeadLetter.Filter.all(), 1_000);
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("cancel 1", "run 2");
        }
    }

    /** An operator's process knows no interval: each row has the limit of its instance. */
    @OnEachStore
    void change_ofACallWhoseHeartbeatIsNotOldEnough_leavesItAsItIs(TestStore store) throws SQLException {
        try (DurableFixture fixture = new DurableFixture(store)) {
            PendingCalls calls = calls(fixture);
            TaskQueue.of(fixture.dataSource).enqueue(PAYMENT, "order 17", id("17"));
            CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults());
            String minute = new Owner("4711@host", Duration.ofMinutes(1)).text();
            for (String owner : List.of(minute, new Owner("4711@host", Duration.ofDays(9)).text(), "dead")) {
                Duration age = owner.equals(minute) ? Duration.ofSeconds(115) : Duration.ofDays(17);
                database.transaction(connection -> database.update(
                        connection,
                        "UPDATE {tasks} SET picked = ?, picked_by = ?, last_heartbeat = ?",
                        true,
                        owner,
                        fixture.time.wallTime().minus(age)));
                assertThat(calls.runNow("payment", "17")).as(owner).isEqualTo(Change.RUNNING);
                assertThat(calls.reschedule("payment", "17", Instant.now())).isEqualTo(Change.RUNNING);
                assertThat(calls.cancel("payment", "17")).isEqualTo(Change.RUNNING);
                PendingCall running = call(calls, "payment", "17");
                assertThat(running.owner()).contains(owner.equals("dead") ? "dead" : "4711@host");
                assertThat(running.heartbeatAge().orElseThrow()).isBetween(age, age.plusSeconds(4));
            }
            database.transaction(connection -> database.update(
                    connection,
                    "UPDATE {tasks} SET picked_by = ?, last_heartbeat = ?",
                    minute,
                    fixture.time.wallTime().minusSeconds(121)));
            assertThat(calls.runNow("payment", "17")).isEqualTo(Change.CHANGED);
        }
    }

    /** The database's clock counts, and is read when the change is made. */
    @Test
    void change_afterTheClockOfTheDatabaseWasSet_isMadeByThatClock() {
        DataSource dataSource = TestStore.POSTGRESQL.emptied();
        TaskQueue.of(dataSource).enqueue(PAYMENT, "order 17", id("17"));
        AtomicInteger behind = new AtomicInteger();
        DataSource clock = BackgroundWrites.connections(
                dataSource,
                connection -> BackgroundWrites.proxy(Connection.class, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        arguments[0] = ((String) arguments[0])
                                .replace("clock_timestamp()", "clock_timestamp() - interval '" + behind + " s'");
                    }
                    return BackgroundWrites.invoke(connection, method, arguments);
                }));
        PendingCalls calls = PendingCalls.of(clock);
        behind.set(3_600);
        TestStore.run(
                dataSource,
                "UPDATE respite_task SET picked = TRUE, picked_by = '4711@host/60000',"
                        + " last_heartbeat = clock_timestamp() - interval '3610 s'");
        assertThat(calls.cancel("payment", "17")).isEqualTo(Change.RUNNING);
        behind.set(0);
        assertThat(calls.cancel("payment", "17")).isEqualTo(Change.CHANGED);
    }

    @OnEachStore
    void cancel_ofTheCallOfALostInstance_freesItsSequence(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store, this::heartbeats)) {
            DurableRetry owner = startOwner(fixture);
            PendingCalls calls = calls(fixture);
            owner.queue().enqueue(EFFECT, "first", id("first").withSequence("order 17"));
            eventually(() -> assertThat(begun).hasValue(1));
            owner.queue().enqueue(EFFECT, "second", id("second").withSequence("order 17"));
            eventually(() -> assertThat(call(calls, "effect", "second").state()).isEqualTo(State.IN_SEQUENCE));
            isMute.set(true);
            eventually(() -> assertThat(calls.cancel("effect", "first")).isEqualTo(Change.CHANGED));
            goesOn.countDown();
            isMute.set(false);
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("second 1");
        }
    }

    /** The system stops a process in its handlers, as a debugger or a frozen machine does. */
    @Test
    void change_ofTheCallsOfAProcessThatIsStoppedAndContinued_countsOnce(@TempDir Path folder) throws Exception {
        DataSource dataSource = TestStore.POSTGRESQL.emptied();
        Path log = folder.resolve("log");
        for (String call : List.of("cancel", "run", "reschedule")) {
            TaskQueue.of(dataSource).enqueue(EFFECT, call, id(call));
        }
        Process worker = JavaProcess.start(
                StoppedWorker.class,
                "-XX:+UseSerialGC",
                folder.resolve("out"),
                JavaProcess.urlOf(dataSource),
                log.toString());
        try {
            eventually(() -> assertThat(Files.exists(log) ? Files.readAllLines(log) : List.of())
                    .hasSize(3));
            signal(worker, "STOP");
            PendingCalls calls = PendingCalls.of(dataSource);
            eventually(() -> assertThat(calls.cancel("effect", "cancel")).isEqualTo(Change.CHANGED));
            eventually(() -> assertThat(calls.runNow("effect", "run")).isEqualTo(Change.CHANGED));
            eventually(() -> assertThat(calls.reschedule("effect", "reschedule", Instant.now()))
                    .isEqualTo(Change.CHANGED));
            Files.writeString(Path.of(log + ".continue"), "");
            signal(worker, "CONT");
            // The same process makes the second attempts, since nothing else runs.
            eventually(() -> assertThat(TestStore.tasks(dataSource)).isZero());
        } finally {
            worker.destroyForcibly().waitFor();
        }
        assertThat(TestStore.ledger(dataSource)).containsExactly("reschedule 2", "run 2");
        assertThat(DeadLetters.of(dataSource).list(DeadLetter.Filter.all()))
                .extracting(DeadLetter::state)
                .containsExactly(DeadLetter.State.CANCELLED);
    }

    private static void signal(Process process, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void owner_ofALongHost_fitsTheColumn() {
        Owner owner = new Owner("4711@payment-service-7d9f8b6c5d-x2x9z.payments.svc.cluster.local", Duration.ofDays(9));
        assertThat(owner.text()).hasSize(50).endsWith("/777600000");
        assertThat(Owner.of(owner.text()).map(Owner::lostAfter)).contains(Duration.ofDays(9));
        assertThat(Owner.of("respite-4711")).isEqualTo(Optional.empty());
        assertThat(Owner.here(Duration.ofSeconds(15)).lostAfter()).isEqualTo(Duration.ofMinutes(1));
    }
}
