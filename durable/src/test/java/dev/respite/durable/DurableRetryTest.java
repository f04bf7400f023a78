package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.awaitLatch;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

class DurableRetryTest {

    private static final String HOURLY =
            "max-attempts=5 base-delay=1h max-delay=24h jitter=none total-timeout=7d budget=off";

    @OnEachStore
    void call_thatSucceedsAtOnce_runsOnceAndLeavesNoRow(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(HOURLY), fixture.failingUntil(1)));
            String id = durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitEmpty();
            assertThat(fixture.attempts).hasSize(1);
            DurableContext context = fixture.attempts.get(0);
            assertThat(context.id()).isEqualTo(id);
            assertThat(context.task()).isEqualTo("payment");
            assertThat(context.key()).matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}");
        }
    }

    @OnEachStore
    void call_thatFails_isRescheduledByThePolicyAndContinuesInAnotherInstance(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            List<RetryEvent> events = new CopyOnWriteArrayList<>();
            Retry retry = retry(HOURLY);
            DurableRetry first = fixture.start(b -> b.task(PAYMENT, retry, fixture.failingUntil(3)));
            Instant before = fixture.time.wallTime();
            first.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitAttempts(1);
            fixture.awaitIdle();
            assertThat(Duration.between(before, fixture.due())).isBetween(Duration.ofHours(1), Duration.ofMinutes(61));
            first.close();

            fixture.start(b -> b.task(PAYMENT, retry(HOURLY).withListener(events::add), fixture.failingUntil(3)));
            fixture.time.leap(Duration.ofMinutes(61));
            fixture.awaitAttempts(2);
            fixture.awaitIdle();
            fixture.time.leap(Duration.ofMinutes(122));
            fixture.awaitEmpty();

            assertThat(fixture.attempts)
                    .extracting(context -> context.attempt().number())
                    .containsExactly(1, 2, 3);
            assertThat(fixture.attempts)
                    .extracting(DurableContext::key)
                    .containsOnly(fixture.attempts.get(0).key());
            assertThat(fixture.attempts)
                    .extracting(DurableContext::firstStart)
                    .containsOnly(fixture.attempts.get(0).firstStart());
            assertThat(retry.counts().attempts()).isZero();
            RetryEvent.CallEnded ended = (RetryEvent.CallEnded) events.get(events.size() - 1);
            assertThat(ended.history().summary())
                    .startsWith("3 attempts in ")
                    .contains("connect +3600.0s, connect +7200.0s, ok");
        }
    }

    /** Each delay is up to three times the one before, and half of that window is drawn. */
    @OnEachStore
    void decorrelatedBackoff_growsFromTheDelayThatIsStored(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TimeSource half = new TimeSource.Forwarding() {
                @Override
                public TimeSource delegate() {
                    return fixture.time;
                }

                @Override
                public double roll() {
                    return 0.5;
                }
            };
            List<RetryEvent> events = new CopyOnWriteArrayList<>();
            Retry retry = retry("max-attempts=5 backoff=decorrelated base-delay=1h max-delay=24h total-timeout=7d"
                            + " budget=off")
                    .withListener(events::add);
            DurableRetry durable = fixture.start(b -> b.time(half).task(PAYMENT, retry, fixture.failingUntil(4)));
            durable.queue().enqueue(PAYMENT, "order 17");
            for (int attempt = 1; attempt <= 3; attempt++) {
                fixture.awaitAttempts(attempt);
                fixture.awaitIdle();
                fixture.time.leap(Duration.between(fixture.time.wallTime(), fixture.due()));
            }
            fixture.awaitEmpty();
            RetryEvent.CallEnded ended = (RetryEvent.CallEnded) events.get(events.size() - 1);
            // 1 + (3 - 1) / 2, 1 + (6 - 1) / 2 and 1 + (10.5 - 1) / 2 hours.
            assertThat(ended.history().summary())
                    .contains("connect +7200.0s, connect +12600.0s, connect +20700.0s, ok");
        }
    }

    @OnEachStore
    void call_whoseAttemptsAreExhausted_isADeadLetterWithItsHistory(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(
                    b -> b.task(PAYMENT, retry("max-attempts=3 base-delay=1ms budget=off"), fixture.failingUntil(99)));
            String id = durable.queue().enqueue(PAYMENT, "order 17");
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            DeadLetter letter = fixture.allLetters().get(0);
            assertThat(letter.call().id()).isEqualTo(id);
            assertThat(letter.call().key()).isEqualTo(fixture.attempts.get(0).key());
            assertThat(letter.state()).isEqualTo(DeadLetter.State.DEAD);
            assertThat(letter.reason()).isEqualTo("attempts exhausted");
            assertThat(letter.attempts().count()).isEqualTo(3);
            assertThat(letter.attempts().lastError()).isEqualTo("java.net.ConnectException: refused");
            assertThat(letter.attempts().history())
                    .startsWith("3 attempts in ")
                    .endsWith("gave up: attempts exhausted");
            assertThat(letter.attempts().firstStart()).isPresent();
            assertThat(letter.call().dataVersion()).isEqualTo(1);
            assertThat(fixture.letters().data(letter.letterId()).map(String::new))
                    .hasValue("order 17");
            assertThat(TestStore.tasks(fixture.dataSource)).isZero();
        }
    }

    @OnEachStore
    void fatalFailure_andTotalTimeoutOfDays_endTheCall(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(HOURLY), (data, context) -> {
                fixture.attempts.add(context);
                if (data.equals("bug")) {
                    throw new IllegalStateException("bug");
                }
                throw new java.net.ConnectException("refused");
            }));
            durable.queue().enqueue(PAYMENT, "bug");
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(DeadLetter::reason)
                    .containsExactly("fatal"));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitAttempts(2);
            fixture.awaitIdle();
            fixture.time.leap(Duration.ofDays(8));
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(DeadLetter::reason)
                    .containsExactly("fatal", "total timeout"));
            // The time was up when the second attempt was due: it was not made.
            assertThat(fixture.attempts).hasSize(2);
            assertThat(fixture.allLetters().get(1).attempts().count()).isEqualTo(1);
            assertThat(fixture.allLetters().get(1).attempts().lastError())
                    .contains("the total timeout had passed", "ConnectException: refused");
        }
    }

    @OnEachStore
    void budget_thatRejectsARetry_defersIt_andItGoesOnByItself(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            Retry retry = retry(
                    "max-attempts=5 base-delay=30ms max-delay=60ms jitter=none total-timeout=off budget=success:1/1/1");
            DurableRetry durable = fixture.start(b -> b.task(
                    PAYMENT, retry, (data, context) -> fixture.failingUntil(3).run(data, context)));
            durable.queue().enqueue(PAYMENT, "fails");
            // The second retry finds the bucket empty, and no other call succeeds.
            fixture.awaitEmpty();
            assertThat(retry.counts().rejectedByBudget()).isEqualTo(1);
            assertThat(fixture.attempts)
                    .extracting(context -> context.attempt().number())
                    .containsExactly(1, 2, 3);
        }
    }

    /** Deferred retries go on one by one. */
    @OnEachStore
    void deferrals_useUpNoAttempt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            Retry retry = retry(
                    "max-attempts=3 base-delay=30ms max-delay=60ms jitter=none total-timeout=off budget=success:1/1/1");
            DurableRetry durable =
                    fixture.start(b -> b.heartbeat(Duration.ofDays(1)).task(PAYMENT, retry, fixture.failingUntil(3)));
            for (String id : List.of("1", "2", "3")) {
                durable.queue()
                        .enqueue(PAYMENT, "order", EnqueueOptions.defaults().withId(id));
            }
            eventually(() -> {
                fixture.time.leap(Duration.ofMillis(200));
                assertThat(TestStore.tasks(fixture.dataSource)).isZero();
            });
            assertThat(retry.counts().rejectedByBudget())
                    .as(
                            "of six retries the budget pays for three at most; a deferred one may be rejected again each time it is due")
                    .isGreaterThanOrEqualTo(3);
            assertThat(fixture.allLetters()).isEmpty();
            for (String id : List.of("1", "2", "3")) {
                assertThat(fixture.attempts)
                        .filteredOn(context -> context.id().equals(id))
                        .extracting(context -> context.attempt().number())
                        .containsExactly(1, 2, 3);
            }
        }
    }

    @OnEachStore
    void enqueue_inATransactionThatIsRolledBack_makesNoCall(TestStore store) throws SQLException {
        try (DurableFixture fixture = new DurableFixture(store);
                Connection connection = fixture.dataSource.getConnection()) {
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(HOURLY), fixture.failingUntil(1)));
            connection.setAutoCommit(false);
            durable.queue().enqueue(connection, PAYMENT, "order 17", EnqueueOptions.defaults());
            TestStore.book(connection, "order 17");
            connection.rollback();
            assertThat(TestStore.tasks(fixture.dataSource)).isZero();

            durable.queue()
                    .enqueue(
                            connection,
                            PAYMENT,
                            "order 18",
                            EnqueueOptions.defaults().withKey("key-18"));
            TestStore.book(connection, "order 18");
            connection.commit();
            connection.setAutoCommit(true);
            fixture.awaitAttempts(1);
            fixture.awaitEmpty();
            assertThat(fixture.attempts.get(0).key()).isEqualTo("key-18");
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 18");
        }
    }

    @OnEachStore
    void enqueue_ofAnIdThatHasNotEnded_isRefused(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            EnqueueOptions options = EnqueueOptions.defaults()
                    .withId("order 17")
                    .withNotBefore(Instant.now().plus(Duration.ofDays(1)));
            queue.enqueue(PAYMENT, "order 17", options);
            assertThatThrownBy(() -> queue.enqueue(PAYMENT, "order 17", options))
                    .isInstanceOf(StoreException.class);
            assertThat(queue.stats())
                    .extracting(DurableStats::due, DurableStats::scheduled, DurableStats::lag)
                    .containsExactly(0L, 1L, Duration.ZERO);
        }
    }

    @OnEachStore
    void twoInstances_onOneTable_runEachCallOnce(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            Set<String> done = ConcurrentHashMap.newKeySet();
            AtomicInteger runs = new AtomicInteger();
            DurableHandler<String> handler = (data, context) -> {
                runs.incrementAndGet();
                done.add(data);
            };
            DurableRetry first = fixture.start(b -> b.task(PAYMENT, retry(HOURLY), handler));
            fixture.start(b -> b.task(PAYMENT, retry(HOURLY), handler));
            List<String> orders =
                    IntStream.range(0, 200).mapToObj(i -> "order " + i).toList();
            orders.forEach(order -> first.queue().enqueue(PAYMENT, order));
            fixture.awaitEmpty();
            assertThat(done).containsExactlyInAnyOrderElementsOf(orders);
            assertThat(runs).hasValue(200);
        }
    }

    @OnEachStore
    void close_letsARunningAttemptEnd(TestStore store) throws InterruptedException {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CountDownLatch runs = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(HOURLY), (data, context) -> {
                runs.countDown();
                goOn.await();
                fixture.attempts.add(context);
            }));
            durable.queue().enqueue(PAYMENT, "order 17");
            awaitLatch(runs);
            Thread closing = new Thread(durable::close);
            closing.start();
            goOn.countDown();
            closing.join();
            assertThat(fixture.attempts).hasSize(1);
            assertThat(TestStore.tasks(fixture.dataSource)).isZero();
        }
    }

    @OnEachStore
    void close_thatInterruptsAnAttempt_countsItAsLostAndKeepsTheCall(TestStore store) throws InterruptedException {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CountDownLatch runs = new CountDownLatch(1);
            DurableRetry durable = fixture.start(b -> b.stopWait(Duration.ofMillis(50))
                    .task(PAYMENT, retry(HOURLY), (data, context) -> {
                        runs.countDown();
                        new CountDownLatch(1).await();
                    }));
            durable.queue().enqueue(PAYMENT, "order 17");
            awaitLatch(runs);
            durable.close();
            fixture.awaitIdle();
            assertThat(fixture.allLetters()).isEmpty();

            fixture.start(b -> b.task(PAYMENT, retry(HOURLY), fixture.failingUntil(1)));
            fixture.time.leap(Duration.ofMinutes(61));
            fixture.awaitEmpty();
            assertThat(fixture.attempts)
                    .extracting(context -> context.attempt().number())
                    .containsExactly(2);
        }
    }

    @OnEachStore
    void policy_ofANewDeployment_isFollowedUnlessItIsPinned(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableTask<String> pinned =
                    DurableTask.of("pinned", DataCodec.text()).withPinnedPolicy();
            DurableRetry old = fixture.start(b -> b.task(PAYMENT, retry(HOURLY), fixture.failingUntil(99))
                    .task(pinned, retry(HOURLY), fixture.failingUntil(99)));
            old.queue().enqueue(PAYMENT, "order 17");
            old.queue().enqueue(pinned, "order 18");
            fixture.awaitAttempts(2);
            fixture.awaitIdle();
            old.close();

            String shorter = "max-attempts=2 base-delay=1h max-delay=24h jitter=none total-timeout=7d budget=off";
            fixture.start(b -> b.task(PAYMENT, retry(shorter), fixture.failingUntil(99))
                    .task(pinned, retry(shorter), fixture.failingUntil(99)));
            fixture.time.leap(Duration.ofMinutes(61));
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(
                            letter -> letter.call().task(),
                            letter -> letter.attempts().count())
                    .containsExactly(org.assertj.core.groups.Tuple.tuple("payment", 2)));
            fixture.awaitAttempts(4);
            fixture.awaitIdle();
            assertThat(Duration.between(fixture.time.wallTime(), fixture.due()))
                    .isBetween(Duration.ofMinutes(119), Duration.ofMinutes(120));
        }
    }

    @OnEachStore
    void stats_countTheQueueAndTheLetters(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            queue.enqueue(PAYMENT, "due");
            TestStore.run(fixture.dataSource, "UPDATE respite_task SET execution_time = '2026-01-01 00:00:00'");
            queue.enqueue(
                    PAYMENT,
                    "later",
                    EnqueueOptions.defaults().withNotBefore(Instant.now().plus(Duration.ofDays(1))));
            DurableStats stats = queue.stats();
            assertThat(stats.due()).isEqualTo(1);
            assertThat(stats.scheduled()).isEqualTo(1);
            assertThat(stats.lag()).isGreaterThan(Duration.ofDays(300));

            DurableRetry durable =
                    fixture.start(b -> b.task(PAYMENT, retry("max-attempts=1 budget=off"), fixture.failingUntil(9)));
            eventually(() -> assertThat(durable.stats().deadLetters(DeadLetter.State.DEAD))
                    .isEqualTo(1));
            assertThat(durable.stats().due()).isZero();
        }
    }

    @OnEachStore
    void policy_thatWaitsInMemory_isRefusedByTheBuilder(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetryBuilder builder = DurableRetry.builder(fixture.dataSource);
            assertThatThrownBy(() -> builder.task(PAYMENT, retry("budget-wait=20s"), fixture.failingUntil(1)))
                    .hasMessageContaining("budget-wait=off");
            Retry custom = Retry.of(RetryPolicy.builder()
                    .retryOnException(Exception.class, failure -> true)
                    .build());
            assertThatThrownBy(() -> builder.task(PAYMENT.withPinnedPolicy(), custom, fixture.failingUntil(1)))
                    .hasMessageContaining("cannot be pinned");
            builder.task(PAYMENT, retry(HOURLY), fixture.failingUntil(1));
            assertThatThrownBy(() -> builder.task(PAYMENT, retry(HOURLY), fixture.failingUntil(1)))
                    .hasMessageContaining("added twice");
        }
    }
}
