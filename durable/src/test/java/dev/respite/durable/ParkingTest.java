package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.testsupport.LogLines;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** Calls that cannot be run are kept, and can be run again. */
class ParkingTest {

    private static final String ONCE = "max-attempts=1 budget=off";

    @OnEachStore
    void replay_keepsIdAndKey_andBeginsWithAttemptOne(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            AtomicBoolean up = new AtomicBoolean();
            DurableRetry durable = fixture.start(b ->
                    b.task(PAYMENT, retry("max-attempts=2 base-delay=1ms budget=off"), (data, context) -> {
                        fixture.attempts.add(context);
                        if (!up.get()) {
                            throw new java.net.ConnectException("refused");
                        }
                    }));
            durable.queue().enqueue(PAYMENT, "order 17");
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            DeadLetter letter = fixture.allLetters().get(0);
            up.set(true);
            assertThat(fixture.letters().replay(letter.letterId())).isTrue();
            fixture.awaitAttempts(3);
            fixture.awaitEmpty();
            assertThat(fixture.allLetters()).isEmpty();
            assertThat(fixture.attempts)
                    .extracting(DurableContext::id)
                    .containsOnly(letter.call().id());
            assertThat(fixture.attempts)
                    .extracting(DurableContext::key)
                    .containsOnly(letter.call().key());
            assertThat(fixture.attempts.get(2).attempt().number()).isEqualTo(1);
            assertThat(fixture.letters().replay(letter.letterId())).isFalse();
        }
    }

    @OnEachStore
    void replay_besideACallOfTheSameId_isRefusedAndKeepsTheLetter(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            EnqueueOptions options = EnqueueOptions.defaults().withId("order 17");
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(ONCE), fixture.failingUntil(9)));
            durable.queue().enqueue(PAYMENT, "order 17", options);
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            Instant later = fixture.time.wallTime().plusSeconds(3_600);
            durable.queue().enqueue(PAYMENT, "order 17", options.withNotBefore(later));
            String letterId = fixture.allLetters().get(0).letterId();
            assertThatThrownBy(() -> fixture.letters().replay(letterId)).isInstanceOf(StoreException.class);
            assertThat(fixture.letters().find(letterId)).isPresent();
        }
    }

    @OnEachStore
    void edit_changesTheDataThatIsReplayed_andTheKeyOnlyIfChosen(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            List<String> seen = new CopyOnWriteArrayList<>();
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(ONCE), (data, context) -> {
                seen.add(data);
                fixture.failingUntil(data.equals("right") ? 1 : 9).run(data, context);
            }));
            durable.queue().enqueue(PAYMENT, "wrong");
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            DeadLetter letter = fixture.allLetters().get(0);
            DeadLetters letters = fixture.letters();
            assertThat(letters.edit(letter.letterId(), "right".getBytes(UTF_8))).isTrue();
            assertThat(letters.find(letter.letterId()).orElseThrow().call().key())
                    .isEqualTo(letter.call().key());
            assertThat(letters.editWithNewKey(letter.letterId(), "right".getBytes(UTF_8)))
                    .isTrue();
            assertThat(letters.find(letter.letterId()).orElseThrow().call().key())
                    .isNotEqualTo(letter.call().key());
            letters.replay(letter.letterId());
            fixture.awaitAttempts(2);
            fixture.awaitEmpty();
            assertThat(seen).containsExactly("wrong", "right");
            assertThat(letters.edit(letter.letterId(), new byte[0])).isFalse();
        }
    }

    @OnEachStore
    void list_filtersAndPages_andDiscardRemoves(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableTask<String> other = DurableTask.of("other", DataCodec.text());
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(ONCE), fixture.failingUntil(9))
                    .task(other, retry(ONCE), fixture.failingUntil(9)));
            for (int i = 0; i < 5; i++) {
                durable.queue().enqueue(PAYMENT, "order " + i);
            }
            durable.queue().enqueue(other, "one");
            DeadLetters letters = fixture.letters();
            eventually(() -> assertThat(fixture.allLetters()).hasSize(6));
            DeadLetter.Filter payments =
                    DeadLetter.Filter.all().withTask("payment").withLimit(3);
            List<DeadLetter> first = letters.list(payments);
            List<DeadLetter> second = letters.listAfter(payments, first.get(2));
            assertThat(first).hasSize(3);
            assertThat(second).hasSize(2);
            assertThat(second).doesNotContainAnyElementsOf(first);
            assertThat(letters.list(DeadLetter.Filter.all().withState(DeadLetter.State.PAUSED)))
                    .isEmpty();
            assertThat(letters.discard(first.get(0).letterId())).isTrue();
            assertThat(letters.discard(first.get(0).letterId())).isFalse();
            assertThat(fixture.allLetters()).hasSize(5);
        }
    }

    @OnEachStore
    void pausingTask_waitsUntilItIsResumed(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            AtomicBoolean up = new AtomicBoolean();
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT.withPause(), retry(ONCE), (data, context) -> {
                fixture.attempts.add(context);
                if (!up.get()) {
                    throw new java.net.ConnectException("refused");
                }
            }));
            durable.queue().enqueue(PAYMENT, "order 17");
            durable.queue().enqueue(PAYMENT, "order 18");
            eventually(() -> assertThat(durable.stats().deadLetters(DeadLetter.State.PAUSED))
                    .isEqualTo(2));
            up.set(true);
            assertThat(fixture.letters().resume("payment").changed()).hasSize(2);
            fixture.awaitAttempts(4);
            fixture.awaitEmpty();
            assertThat(durable.stats().deadLetters(DeadLetter.State.PAUSED)).isZero();
        }
    }

    @OnEachStore
    void data_ofEarlierVersions_isUpgraded_andWithoutUpgradeParked(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            queue.enqueue(PAYMENT, "1");
            DurableTask<String> second =
                    PAYMENT.withUpgrade(1, bytes -> ("v2(" + new String(bytes, UTF_8) + ")").getBytes(UTF_8));
            queue.enqueue(second, "2");
            DurableTask<String> third =
                    second.withUpgrade(2, bytes -> ("v3(" + new String(bytes, UTF_8) + ")").getBytes(UTF_8));
            List<String> seen = new CopyOnWriteArrayList<>();
            DurableRetry durable = fixture.start(b -> b.task(third, retry(ONCE), (data, context) -> seen.add(data)));
            durable.queue().enqueue(third, "3");
            fixture.awaitEmpty();
            assertThat(seen).containsExactlyInAnyOrder("v3(v2(1))", "v3(2)", "3");
            durable.close();

            queue.enqueue(PAYMENT, "old");
            fixture.start(b -> b.task(PAYMENT.withVersion(2), retry(ONCE), fixture.failingUntil(1)));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            DeadLetter parked = fixture.allLetters().get(0);
            assertThat(parked.state()).isEqualTo(DeadLetter.State.PARKED);
            assertThat(parked.reason()).isEqualTo("unreadable data");
            assertThat(parked.attempts().lastError()).contains("there is no upgrade from version 1");
            assertThat(fixture.attempts).isEmpty();
        }
    }

    @OnEachStore
    void data_thatIsTooNew_isLeftToOthersBeforeItIsParked(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableTask<String> newer = PAYMENT.withVersion(2);
            TaskQueue.of(fixture.dataSource).enqueue(newer, "new");
            DurableRetry old = fixture.start(b ->
                    b.parkUnknownTasksAfter(Duration.ofHours(8)).task(PAYMENT, retry(ONCE), fixture.failingUntil(1)));
            eventually(() -> assertThat(Duration.between(fixture.time.wallTime(), fixture.due()))
                    .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60)));
            assertThat(fixture.allLetters()).isEmpty();
            old.close();
            fixture.start(b -> b.task(newer, retry(ONCE), fixture.failingUntil(1)));
            fixture.time.leap(Duration.ofHours(1));
            fixture.awaitAttempts(1);
            assertThat(fixture.attempts.get(0).attempt().number()).isEqualTo(1);
            fixture.awaitEmpty();

            TaskQueue.of(fixture.dataSource).enqueue(PAYMENT.withVersion(3), "newest");
            for (int postponed = 0; postponed < 8; postponed++) {
                Instant next = fixture.time.wallTime().plus(Duration.ofHours(20));
                eventually(() -> assertThat(fixture.due()).isBetween(next, next.plus(Duration.ofHours(2))));
                fixture.time.leap(Duration.ofHours(22));
            }
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(DeadLetter::reason)
                    .containsExactly("unreadable data"));
        }
    }

    @OnEachStore
    void row_thatCannotBeRead_isParkedAsItIs(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            fixture.start(b -> b.task(PAYMENT, retry(ONCE), fixture.failingUntil(1)));
            TestStore.run(
                    fixture.dataSource,
                    "INSERT INTO respite_task (task_name, task_instance, execution_time, picked, version)"
                            + " VALUES ('payment', 'damaged', '2026-01-01 00:00:00', FALSE, 1)");
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            DeadLetter parked = fixture.allLetters().get(0);
            assertThat(parked.call().id()).isEqualTo("damaged");
            assertThat(parked.reason()).isEqualTo("unreadable envelope");
            assertThat(fixture.letters().data(parked.letterId())).isEmpty();
            assertThatThrownBy(() -> fixture.letters().edit(parked.letterId(), new byte[0]))
                    .hasMessageContaining("cannot be edited");
            assertThat(TestStore.tasks(fixture.dataSource)).isZero();
        }
    }

    @OnEachStore
    void unknownTask_behindManyRowsOfAnotherLibrary_isParked(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            for (int i = 0; i < 100; i++) {
                TestStore.run(
                        fixture.dataSource,
                        "INSERT INTO respite_task (task_name, task_instance, task_data, execution_time, picked, version)"
                                + " VALUES ('foreign', '" + i + "', " + (i % 2 == 0 ? "NULL" : "'R'")
                                + ", '2020-01-01 00:00:00', FALSE, 1)");
            }
            TaskQueue.of(fixture.dataSource).enqueue(DurableTask.of("gone", DataCodec.text()), "order 17");
            fixture.start(b -> b.parkUnknownTasksAfter(Duration.ofMillis(400))
                    .task(PAYMENT, retry(ONCE), fixture.failingUntil(1)));
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(letter -> letter.call().task())
                    .containsExactly("gone"));
            assertThat(TestStore.tasks(fixture.dataSource)).isEqualTo(100);
        }
    }

    @OnEachStore
    void unknownTask_afterABugOfTheDataSource_isParked(TestStore store) {
        AtomicInteger bugs = new AtomicInteger();
        UnaryOperator<DataSource> connections = target -> Intercepted.dataSource(target, (method, call) -> {
            boolean isBackground = Thread.currentThread().getName().equals("respite-durable");
            // A connection that cannot be closed is lost to the pool.
            if (isBackground && !method.equals("close") && bugs.incrementAndGet() <= 2) {
                throw bugs.get() == 1 ? new IllegalStateException("a bug") : new AssertionError("a bug");
            }
            return call.call();
        });
        try (DurableFixture fixture = new DurableFixture(store, connections)) {
            TaskQueue.of(fixture.dataSource).enqueue(DurableTask.of("gone", DataCodec.text()), "order 17");
            fixture.start(b -> b.parkUnknownTasksAfter(Duration.ofMillis(400))
                    .task(PAYMENT, retry(ONCE), fixture.failingUntil(1)));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(bugs.get()).isGreaterThan(2);
        }
    }

    @OnEachStore
    void unknownTask_isParkedAfterItsTime_andARowOfAnotherLibraryIsLeftAlone(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store);
                LogLines lines = LogLines.of("dev.respite.durable")) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            queue.enqueue(DurableTask.of("gone", DataCodec.text()), "order 17");
            TestStore.run(
                    fixture.dataSource,
                    "INSERT INTO respite_task (task_name, task_instance, execution_time, picked, version)"
                            + " VALUES ('foreign', '1', '2020-01-01 00:00:00', FALSE, 1)");
            TestStore.run(
                    fixture.dataSource,
                    "INSERT INTO respite_task (task_name, task_instance, execution_time, picked, last_heartbeat, version)"
                            + " VALUES ('foreign', '2', '2020-01-01 00:00:00', TRUE, '2020-01-01 00:00:00', 1)");
            DurableRetry durable = fixture.start(b -> b.heartbeat(Duration.ofMillis(100))
                    .parkUnknownTasksAfter(Duration.ofMillis(400))
                    .task(PAYMENT, retry(ONCE), fixture.failingUntil(1)));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            DeadLetter parked = fixture.allLetters().get(0);
            assertThat(parked.call().task()).isEqualTo("gone");
            assertThat(parked.state()).isEqualTo(DeadLetter.State.PARKED);
            assertThat(parked.reason()).isEqualTo("unknown task");
            assertThat(durable.stats().deadLetters(DeadLetter.State.PARKED)).isEqualTo(1);
            eventually(() -> assertThat(lines.all())
                    .anyMatch(line -> line.contains("of task 'gone' is dead letter '" + parked.letterId())));
            // db-scheduler deletes the rows of an unknown task 14 days after it has found a dead attempt of it, unless
            // the
            // application forbids it. It looks every second heartbeat.
            assertForeignRowsStay(fixture);
            fixture.time.leap(Duration.ofDays(400));
            assertForeignRowsStay(fixture);
        }
    }

    private static void assertForeignRowsStay(DurableFixture fixture) {
        await().during(Duration.ofSeconds(1))
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(TestStore.strings(fixture.dataSource, "SELECT task_name FROM respite_task"))
                                .containsExactly("foreign", "foreign"));
    }

    @OnEachStore
    void data_thatCannotBeReadAfterAnAttempt_keepsTheNumberOfAttemptsAndTheKey(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            String policy = "max-attempts=5 base-delay=1h jitter=none total-timeout=7d budget=off";
            DurableRetry old = fixture.start(b -> b.task(PAYMENT, retry(policy), fixture.failingUntil(99)));
            old.queue().enqueue(PAYMENT, "17", EnqueueOptions.defaults().withKey("key 17"));
            fixture.awaitAttempts(1);
            fixture.awaitIdle();
            old.close();
            fixture.start(b -> b.task(PAYMENT.withVersion(2), retry(policy), fixture.failingUntil(1)));
            fixture.time.leap(Duration.ofMinutes(61));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            DeadLetter letter = fixture.allLetters().get(0);
            assertThat(letter.state()).isEqualTo(DeadLetter.State.PARKED);
            assertThat(letter.attempts().count()).isEqualTo(1);
            assertThat(letter.attempts().firstStart()).isPresent();
            assertThat(letter.call().key()).isEqualTo("key 17");
            assertThat(letter.call().dataVersion()).isEqualTo(1);
        }
    }
}
