package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.testsupport.LogLines;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Machines whose clocks are wrong, and a database whose clock changes when another server takes over. */
class ClockTest {

    static final Duration HEARTBEAT = Duration.ofMillis(250);
    private static final int LOOKS = 6;

    /** The time between two measurements with this heartbeat. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Duration SETTLING = INTERVAL.plus(HEARTBEAT.multipliedBy(DurableSettings.MISSED_HEARTBEATS));

    static final Duration WRONG = Duration.ofMinutes(10);

    private final List<String> begun = new CopyOnWriteArrayList<>();
    private final AtomicInteger first = new AtomicInteger();
    private final AtomicInteger second = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Duration databaseAhead = Duration.ZERO;

    /** The time of an instance whose clock is wrong. */
    static TimeSource clock(Duration ahead) {
        return new DatabaseTime(
                new TimeSource.Forwarding() {
                    @Override
                    public TimeSource delegate() {
                        return TimeSource.system();
                    }

                    @Override
                    public Instant wallTime() {
                        return delegate().wallTime().plus(ahead);
                    }
                },
                HEARTBEAT);
    }

    /** Connections to a database whose clock can be set, with a count of the looks for dead attempts. */
    private DataSource connections(DataSource dataSource, AtomicInteger looks) {
        return BackgroundWrites.connections(
                dataSource,
                connection -> BackgroundWrites.proxy(Connection.class, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        arguments[0] = sql((String) arguments[0], looks);
                    }
                    return BackgroundWrites.invoke(connection, method, arguments);
                }));
    }

    private String sql(String statement, AtomicInteger looks) {
        if (statement.contains("last_heartbeat <= ?")) {
            looks.incrementAndGet();
        }
        String seconds = " + INTERVAL '" + databaseAhead.toSeconds() + "' SECOND AS present";
        return statement.endsWith(" AS present") ? statement.replace(" AS present", seconds) : statement;
    }

    private void start(DurableFixture fixture, Duration ahead, AtomicInteger looks) {
        fixture.start(DurableRetry.builder(connections(fixture.dataSource, looks))
                .time(clock(ahead))
                .threads(4)
                .pollInterval(Duration.ofMillis(20))
                .heartbeat(HEARTBEAT)
                .stopWait(Duration.ofSeconds(5))
                .task(PAYMENT, longLived(), (data, context) -> {
                    begun.add(data);
                    end.await();
                })
                .build());
    }

    static Retry longLived() {
        return retry("max-attempts=5 base-delay=1ms max-delay=5ms total-timeout=7d budget=off");
    }

    /** The clock settles meanwhile. */
    private void awaitLooks() {
        int before = Math.max(first.get(), second.get());
        eventually(() -> assertThat(List.of(first.get(), second.get()))
                .allSatisfy(looks -> assertThat(looks).isGreaterThan(before + LOOKS)));
    }

    static List<String> ids(int number) {
        return IntStream.range(0, number).mapToObj(String::valueOf).toList();
    }

    /** A call that ran in an instance which has died an hour ago. */
    private static void enqueueDead(DurableFixture fixture, TaskQueue queue) throws SQLException {
        queue.enqueue(
                PAYMENT,
                "dead",
                EnqueueOptions.defaults()
                        .withId("dead")
                        .withNotBefore(Instant.now().plus(Duration.ofDays(1))));
        CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults());
        database.transaction(connection -> database.update(
                connection,
                "UPDATE {tasks} SET picked = TRUE, picked_by = 'dead', last_heartbeat = ? WHERE task_instance = 'dead'",
                Instant.now().minus(Duration.ofHours(1))));
    }

    /** H2 has the clock of the process. */
    private static void assumeOwnClock(TestStore store) {
        Assumptions.assumeTrue(store != TestStore.H2, "H2 has no clock of its own");
    }

    @OnEachStore
    void instances_whoseClocksDiffer_makeEachCallOnceAndInTime(TestStore store) {
        assumeOwnClock(store);
        try (DurableFixture fixture = new DurableFixture(store);
                LogLines lines = LogLines.of("dev.respite.durable")) {
            start(fixture, WRONG, first);
            start(fixture, WRONG.negated(), second);
            TaskQueue queue = new TaskQueue(
                    CallDatabase.of(fixture.dataSource, DurableTables.defaults(), clock(WRONG)), () -> {});
            ids(6).forEach(id -> queue.enqueue(PAYMENT, id));
            queue.enqueue(
                    PAYMENT,
                    "later",
                    EnqueueOptions.defaults().withNotBefore(Instant.now().plus(Duration.ofMinutes(5))));
            eventually(() -> assertThat(begun).hasSize(6));
            awaitLooks();
            assertThat(begun).containsExactlyInAnyOrderElementsOf(ids(6));
            assertThat(queue.stats().clockOffset())
                    .isBetween(WRONG.negated().minusSeconds(5), WRONG.negated().plusSeconds(5));
            assertThat(queue.stats().scheduled()).isEqualTo(1);
            assertThat(lines.all())
                    .anyMatch(line -> line.contains("behind this machine's"))
                    .anyMatch(line -> line.contains("ahead of this machine's"));
            end.countDown();
        }
    }

    @OnEachStore
    void clockOfTheDatabase_thatJumps_repeatsNoCall_andDeadAttemptsAreFoundLater(TestStore store) throws Exception {
        assumeOwnClock(store);
        try (DurableFixture fixture = new DurableFixture(store)) {
            start(fixture, Duration.ZERO, first);
            start(fixture, Duration.ZERO, second);
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            ids(6).forEach(id -> queue.enqueue(PAYMENT, id));
            eventually(() -> assertThat(begun).hasSize(6));
            for (Duration jump : List.of(WRONG, WRONG.negated())) {
                databaseAhead = jump;
                awaitLooks();
                assertThat(begun).containsExactlyInAnyOrderElementsOf(ids(6));
            }
            enqueueDead(fixture, queue);
            eventually(() -> assertThat(begun).hasSize(7).endsWith("dead"));
            end.countDown();
        }
    }

    /** A call that was enqueued a minute ago is a week old by the new clock. */
    @OnEachStore
    void clockOfTheDatabase_thatHasMoved_parksAndPurgesNothingUntilItHasSettled(TestStore store) {
        assumeOwnClock(store);
        try (DurableFixture fixture = new DurableFixture(store)) {
            CallDatabase database = CallDatabase.of(
                    connections(fixture.dataSource, first),
                    DurableTables.defaults(),
                    new DatabaseTime(fixture.time, HEARTBEAT));
            DeadLetters letters = new DeadLetters(database, new Sequences(database));
            DurableSettings settings = DurableRetry.builder(fixture.dataSource)
                    .heartbeat(HEARTBEAT)
                    .settings();
            UnknownTaskParker parker = new UnknownTaskParker(database, Set.of("other"), settings, new DeadLetterLog());
            TaskQueue.of(fixture.dataSource).enqueue(PAYMENT, "order 17");

            jump(fixture, Duration.ofDays(8));
            parker.parkAll();
            assertThat(fixture.allLetters()).isEmpty();
            settle(fixture, parker::parkAll);
            assertThat(fixture.allLetters()).hasSize(1);

            jump(fixture, Duration.ofDays(31));
            letters.purge(Duration.ofDays(30), () -> false);
            assertThat(fixture.allLetters()).hasSize(1);
            settle(fixture, () -> letters.purge(Duration.ofDays(30), () -> false));
            assertThat(fixture.allLetters()).as("the clocks differ by 39 days").hasSize(1);
            fixture.time.leap(Duration.ofDays(39));
            settle(fixture, () -> letters.purge(Duration.ofDays(30), () -> false));
            assertThat(fixture.allLetters()).isEmpty();
        }
    }

    private void jump(DurableFixture fixture, Duration by) {
        databaseAhead = databaseAhead.plus(by);
        pass(fixture, INTERVAL);
    }

    /** Each look measures the clock. A longer time between two looks is an outage of the database. */
    private void settle(DurableFixture fixture, Runnable look) {
        look.run();
        for (Duration passed = Duration.ZERO; passed.compareTo(SETTLING) < 0; passed = passed.plus(HEARTBEAT)) {
            pass(fixture, HEARTBEAT);
            look.run();
        }
    }

    private void pass(DurableFixture fixture, Duration time) {
        fixture.time.leap(time);
        databaseAhead = databaseAhead.plus(time);
    }

    /** The clock of H2 stands still within a transaction, and is the clock of its process. */
    @Test
    void clockOfH2_isTheClockOfTheMachine() {
        try (DurableFixture fixture = new DurableFixture(TestStore.H2)) {
            DatabaseTime time = new DatabaseTime(fixture.time, HEARTBEAT);
            DurableRetry durable =
                    fixture.start(b -> b.time(time).task(PAYMENT, longLived(), (data, context) -> begun.add(data)));
            durable.queue()
                    .enqueue(
                            PAYMENT,
                            "later",
                            EnqueueOptions.defaults()
                                    .withNotBefore(fixture.time.wallTime().plus(WRONG)));
            fixture.time.leap(WRONG);
            eventually(() -> assertThat(begun).containsExactly("later"));
            assertThat(durable.stats().clockOffset()).isZero();
            assertThat(CallDatabase.of(fixture.dataSource, DurableTables.defaults(), time)
                            .time())
                    .isSameAs(fixture.time);
        }
    }
}
