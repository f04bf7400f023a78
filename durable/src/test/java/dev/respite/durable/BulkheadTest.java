package dev.respite.durable;

import static dev.respite.durable.DurableFixture.awaitLatch;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.RealTime;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** Tasks that share the threads of an instance. */
class BulkheadTest {

    private static final String POLICY = "max-attempts=5 base-delay=1ms max-delay=5ms total-timeout=1h budget=off";
    private static final String HANGS = "max-attempts=1 attempt-timeout=30m total-timeout=1h budget=off";
    private static final DurableTask<String> SLOW = DurableTask.of("a-slow", DataCodec.text());
    private static final DurableTask<String> SLOWER = DurableTask.of("b-slower", DataCodec.text());
    private static final DurableTask<String> FAST = DurableTask.of("c-fast", DataCodec.text());

    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final AtomicInteger hanging = new AtomicInteger();
    private final List<String> made = new CopyOnWriteArrayList<>();

    private final DurableHandler<String> hangs = (data, context) -> {
        hanging.incrementAndGet();
        goesOn.await();
        made.add(context.task());
    };

    private static void enqueue(DurableFixture fixture, DurableTask<String> task, int calls) {
        TaskQueue queue = TaskQueue.of(fixture.dataSource);
        for (int i = 0; i < calls; i++) {
            queue.enqueue(task, "order " + i);
        }
    }

    private static List<String> running(DurableFixture fixture) {
        return TestStore.strings(
                fixture.dataSource, "SELECT task_name FROM respite_task WHERE picked = TRUE ORDER BY task_name");
    }

    /** Four times as many calls as threads hang until their attempt timeout. */
    @OnEachStore
    void taskThatHangs_keepsNoCallOfOthersWaiting(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            enqueue(fixture, SLOW, 40);
            fixture.start(b -> b.threads(10)
                    .task(SLOW, retry(HANGS), hangs)
                    .task(FAST, retry(POLICY), (data, context) -> made.add(data)));
            eventually(() -> assertThat(hanging).hasValue(8));
            enqueue(fixture, FAST, 10);
            eventually(() -> assertThat(made).hasSize(10));
            eventually(() -> assertThat(running(fixture)).hasSize(8).containsOnly("a-slow"));
            assertThat(hanging).hasValue(8);
            goesOn.countDown();
            fixture.awaitEmpty();
        } finally {
            goesOn.countDown();
        }
    }

    /** Its calls end quickly at first, so some were picked ahead. They are put back, and count no attempt. */
    @OnEachStore
    void taskThatBeginsToHang_putsBackTheCallsThatWait(TestStore store) {
        AtomicInteger putBack = new AtomicInteger();
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        UnaryOperator<DataSource> counting = target -> statements(target, sql -> {
            if (sql.contains("least(execution_time")) {
                putBack.incrementAndGet();
            }
        });
        try (DurableFixture fixture = new DurableFixture(store, counting)) {
            enqueue(fixture, SLOW, 150);
            fixture.start(b -> b.time(new TickingTime())
                    .threads(10)
                    .task(SLOW, retry(HANGS), (data, context) -> {
                        attempts.add(context.attempt().number());
                        if (attempts.size() > 60) {
                            hangs.run(data, context);
                        }
                    })
                    .task(FAST, retry(POLICY), (data, context) -> made.add(data)));
            eventually(() -> assertThat(putBack).hasPositiveValue());
            enqueue(fixture, FAST, 10);
            eventually(() -> assertThat(made).hasSize(10));
            eventually(() -> assertThat(running(fixture)).hasSize(8).containsOnly("a-slow"));
            assertThat(hanging).hasValue(8);
            goesOn.countDown();
            fixture.awaitEmpty();
            assertThat(attempts).hasSize(150).containsOnly(1);
        } finally {
            goesOn.countDown();
        }
    }

    /** Each look at the monotonic clock takes a moment, so that calls are quick on any machine. */
    private static final class TickingTime implements TimeSource.Forwarding {

        private final AtomicLong ticks = new AtomicLong();

        @Override
        public TimeSource delegate() {
            return TimeSource.system();
        }

        @Override
        public long nanoTime() {
            return ticks.addAndGet(1_000);
        }
    }

    /** Of six threads each of three tasks keeps one. */
    @OnEachStore
    void twoTasksThatHang_keepNoCallOfAThirdWaiting(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            enqueue(fixture, SLOW, 24);
            enqueue(fixture, SLOWER, 24);
            fixture.start(b -> b.threads(6)
                    .task(SLOW, retry(HANGS), hangs)
                    .task(SLOWER, retry(HANGS), hangs)
                    .task(FAST, retry(POLICY), (data, context) -> made.add(data)));
            eventually(() -> assertThat(hanging).hasValue(5));
            enqueue(fixture, FAST, 10);
            eventually(() -> assertThat(made).hasSize(10));
            eventually(() -> assertThat(running(fixture)).hasSize(5).doesNotContain("c-fast"));
            goesOn.countDown();
            fixture.awaitEmpty();
        } finally {
            goesOn.countDown();
        }
    }

    /** A tick would pick one call, and two ahead, in a tenth of a second. */
    @OnEachStore
    void endOfACall_whileOthersAreDue_picksTheNextAtOnce(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            fixture.start(b -> b.pollInterval(Duration.ofHours(1))
                    .threads(1)
                    .task(SLOW, retry(POLICY), (data, context) -> made.add(data))
                    .task(FAST, retry(POLICY), fixture.failingUntil(1)));
            RealTime.assertTakesAtMost(Duration.ofSeconds(2), () -> {
                made.clear();
                fixture.attempts.clear();
                enqueue(fixture, SLOW, 50);
                enqueue(fixture, FAST, 50);
                fixture.wake();
                fixture.awaitEmpty();
                assertThat(made).hasSize(50);
                assertThat(fixture.attempts).hasSize(50);
            });
        }
    }

    /** A retry without a delay is due when it is stored. */
    @OnEachStore
    void retry_thatIsDueAtOnce_isPickedWithoutAPoll(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            enqueue(fixture, FAST, 1);
            fixture.start(b -> b.pollInterval(Duration.ofHours(1))
                    .task(
                            FAST,
                            retry("max-attempts=3 backoff=fixed base-delay=0ms budget=off"),
                            fixture.failingUntil(3)));
            fixture.awaitEmpty();
            fixture.awaitAttempts(3);
        }
    }

    /** A long backlog of the first task is older than the calls of the second. */
    @OnEachStore
    void backlogOfATask_doesNotKeepTheNextOneToItsOwnSeats(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            enqueue(fixture, SLOW, 40);
            enqueue(fixture, SLOWER, 40);
            fixture.start(b -> b.threads(8).task(SLOW, retry(HANGS), hangs).task(SLOWER, retry(HANGS), hangs));
            eventually(() -> assertThat(hanging).hasValue(8));
            assertThat(running(fixture))
                    .containsExactly(
                            "a-slow", "a-slow", "a-slow", "a-slow", "b-slower", "b-slower", "b-slower", "b-slower");
            goesOn.countDown();
            fixture.awaitEmpty();
        } finally {
            goesOn.countDown();
        }
    }

    @OnEachStore
    void maxConcurrentCalls_isTheLimitOfItsTaskAlone(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            AtomicInteger now = new AtomicInteger();
            Set<Integer> seen = ConcurrentHashMap.newKeySet();
            enqueue(fixture, SLOW, 20);
            fixture.start(b -> b.pollInterval(Duration.ofHours(1))
                    .threads(10)
                    .task(SLOW.withMaxConcurrentCalls(2), retry(POLICY), (data, context) -> {
                        seen.add(now.incrementAndGet());
                        if (made.size() < 5) {
                            // Others are picked meanwhile.
                            fixture.awaitAttempts(5);
                        }
                        made.add(data);
                        now.decrementAndGet();
                    })
                    .task(FAST, retry(POLICY), fixture.failingUntil(1)));
            enqueue(fixture, FAST, 5);
            fixture.wake();
            fixture.awaitEmpty();
            assertThat(seen).containsExactlyInAnyOrder(1, 2);
            assertThat(made).hasSize(20);
        }
    }

    /** Nothing but the tick looks for the calls that the rate holds up. */
    @OnEachStore
    void maxRate_isTheRateOfItsTask_withoutPolls(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            List<Long> times = new CopyOnWriteArrayList<>();
            enqueue(fixture, SLOW, 4);
            fixture.start(b -> b.pollInterval(Duration.ofHours(1))
                    .task(SLOW.withMaxRate(5), retry(POLICY), (data, context) -> times.add(System.nanoTime())));
            fixture.awaitEmpty();
            assertThat(times).hasSize(4);
            // The first one begins at once, the others one each 200 ms. The first may be late by a moment.
            assertThat(times.get(3) - times.get(0))
                    .isGreaterThan(Duration.ofMillis(400).toNanos());
        }
    }

    /** Its end cannot be stored, or its turn cannot be determined, or its thread fails. */
    @OnEachStore
    void seat_ofACallThatEndsInAnyWay_isFree(TestStore store) {
        Set<String> failing = ConcurrentHashMap.newKeySet();
        try (DurableFixture fixture = new DurableFixture(store, target -> failingOnce(target, failing))) {
            DurableRetry durable = fixture.start(b -> b.threads(1)
                    .heartbeat(Duration.ofMillis(250))
                    .task(FAST, retry(POLICY), (data, context) -> {
                        made.add(data);
                        int number = context.attempt().number();
                        if (data.equals("removal fails") && number == 1) {
                            failing.add("delete from respite_task where");
                        } else if (data.equals("error") && number == 1) {
                            throw new StackOverflowError();
                        } else if (data.equals("retry") && number == 1) {
                            failing.add("set execution_time");
                            throw new ConnectException("refused");
                        }
                    }));
            EnqueueOptions sequence = EnqueueOptions.defaults().withSequence("order 17");
            for (String data : List.of("removal fails", "error", "retry", "damaged", "in a sequence")) {
                if (data.equals("in a sequence")) {
                    failing.add("select sequence_position");
                }
                durable.queue()
                        .enqueue(FAST, data, data.equals("in a sequence") ? sequence : EnqueueOptions.defaults());
                eventually(() -> assertThat(running(fixture)).isEmpty());
            }
            durable.queue().enqueue(FAST, "last");
            eventually(() -> assertThat(made).contains("last", "in a sequence"));
            eventually(() -> assertThat(failing).isEmpty());
            fixture.awaitEmpty();
        }
    }

    /** Rejects the next statement that contains a text. */
    private static DataSource failingOnce(DataSource target, Set<String> failing) {
        return statements(target, sql -> {
            if (failing.removeIf(sql::contains)) {
                throw new SQLException("the database rejects it", "42000");
            }
        });
    }

    @FunctionalInterface
    private interface Look {
        void at(String sql) throws SQLException;
    }

    /** Shows each statement, in lower case, before it is prepared. */
    private static DataSource statements(DataSource target, Look look) {
        return BackgroundWrites.connections(
                target,
                connection -> BackgroundWrites.proxy(java.sql.Connection.class, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        look.at(((String) arguments[0]).toLowerCase(Locale.ROOT));
                    }
                    return BackgroundWrites.invoke(connection, method, arguments);
                }));
    }

    @OnEachStore
    void threads_thatAreOne_runEachTaskInTurn(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CountDownLatch first = new CountDownLatch(1);
            enqueue(fixture, SLOW, 3);
            enqueue(fixture, FAST, 3);
            fixture.start(b -> b.threads(1)
                    .task(SLOW, retry(POLICY), (data, context) -> {
                        made.add(data);
                        first.countDown();
                    })
                    .task(FAST, retry(POLICY), (data, context) -> made.add(data)));
            awaitLatch(first);
            fixture.awaitEmpty();
            assertThat(made).hasSize(6);
        }
    }
}
