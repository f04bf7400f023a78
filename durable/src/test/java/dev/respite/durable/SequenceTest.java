package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.awaitLatch;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.net.ConnectException;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The calls of a sequence are made one after the other, in the order in which they were enqueued. */
class SequenceTest {

    private static final String SOON = "max-attempts=5 base-delay=1ms max-delay=5ms budget=off";
    private static final EnqueueOptions ORDER_17 = EnqueueOptions.defaults().withSequence("order 17");
    private static final DurableTask<String> EFFECT = DurableTask.of("effect", DataCodec.text());
    private static final DurableTask<String> CALL = DurableTask.of("call", DataCodec.text());

    /** Notes what runs, and that no two calls of a sequence do at once. Data is the sequence, a slash, and a number. */
    private static final class Watch {
        private final Set<String> running = ConcurrentHashMap.newKeySet();
        private final Map<String, List<String>> ended = new ConcurrentHashMap<>();
        private final List<String> overlaps = new CopyOnWriteArrayList<>();

        void run(String data) throws ConnectException, InterruptedException {
            String sequence = data.substring(0, data.indexOf('/'));
            if (!running.add(sequence)) {
                overlaps.add(data);
            }
            try {
                // Work that lasts long enough for an overlap to be seen.
                TimeUnit.MICROSECONDS.sleep(200);
                if (ThreadLocalRandom.current().nextInt(4) == 0) {
                    throw new ConnectException("refused");
                }
                ended.computeIfAbsent(sequence, added -> new CopyOnWriteArrayList<>())
                        .add(data);
            } finally {
                running.remove(sequence);
            }
        }
    }

    /** Each failure is retried: this is about the order, not about giving up. */
    private static void everyForm(DurableRetryBuilder builder, Watch watch) {
        String policy = "max-attempts=100 base-delay=1ms max-delay=3ms budget=off";
        builder.task(PAYMENT, retry(policy), (data, context) -> watch.run(data))
                .effect(EFFECT, retry(policy), (connection, data, context) -> watch.run(data))
                .call(
                        CALL,
                        retry(policy),
                        (data, context) -> data,
                        (connection, data, same, context) -> watch.run(same));
    }

    /** Three instances, four threads that enqueue while calls end: a wake-up that is missed would wait for ten minutes. */
    @OnEachStore
    void calls_ofSequencesInManyInstances_areMadeInOrder(TestStore store) throws Exception {
        int sequences = 4;
        int calls = 40;
        try (DurableFixture fixture = new DurableFixture(store)) {
            Watch watch = new Watch();
            Consumer<DurableRetryBuilder> tasks = builder -> everyForm(builder, watch);
            List<DurableRetry> instances = List.of(fixture.start(tasks), fixture.start(tasks), fixture.start(tasks));
            ExecutorService clients = Executors.newFixedThreadPool(sequences);
            List<Future<?>> enqueued = new ArrayList<>();
            List<DurableTask<String>> forms = List.of(PAYMENT, EFFECT, CALL);
            for (int s = 0; s < sequences; s++) {
                String sequence = "s" + s;
                Random random = new Random(s);
                enqueued.add(clients.submit(() -> {
                    for (int i = 0; i < calls; i++) {
                        instances
                                .get(random.nextInt(instances.size()))
                                .queue()
                                .enqueue(
                                        forms.get(random.nextInt(forms.size())),
                                        sequence + "/" + i,
                                        EnqueueOptions.defaults().withSequence(sequence));
                    }
                    return null;
                }));
            }
            for (Future<?> client : enqueued) {
                client.get(30, TimeUnit.SECONDS);
            }
            clients.shutdown();
            fixture.awaitEmpty();
            assertThat(watch.overlaps).isEmpty();
            for (int s = 0; s < sequences; s++) {
                List<String> expected = new ArrayList<>();
                for (int i = 0; i < calls; i++) {
                    expected.add("s" + s + "/" + i);
                }
                assertThat(watch.ended.get("s" + s)).isEqualTo(expected);
            }
            assertThat(fixture.allLetters()).isEmpty();
        }
    }

    @OnEachStore
    void call_behindOneThatWaitsForItsRetry_isNotMade(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(
                    PAYMENT,
                    retry("max-attempts=5 backoff=fixed base-delay=1h jitter=none budget=off total-timeout=2d"),
                    (data, context) -> {
                        fixture.attempts.add(context);
                        if (data.equals("first") && context.attempt().number() == 1) {
                            throw new ConnectException("refused");
                        }
                    }));
            durable.queue().enqueue(PAYMENT, "first", ORDER_17.withId("first"));
            durable.queue().enqueue(PAYMENT, "second", ORDER_17.withId("second"));
            durable.queue()
                    .enqueue(PAYMENT, "elsewhere", EnqueueOptions.defaults().withId("elsewhere"));
            awaitWaiting(fixture, "second");
            fixture.awaitAttempts(2);
            fixture.awaitIdle();
            // A look again, by itself, changes nothing.
            fixture.time.leap(Duration.ofMinutes(30));
            durable.wake();
            awaitWaiting(fixture, "second");
            fixture.awaitIdle();
            assertThat(fixture.attempts).hasSize(2);
            fixture.time.leap(Duration.ofMinutes(31));
            fixture.awaitEmpty();
            assertThat(fixture.attempts)
                    .extracting(DurableContext::id)
                    .filteredOn(id -> !id.equals("elsewhere"))
                    .containsExactly("first", "first", "second");
        }
    }

    /** In MariaDB, the transaction of an effect goes on to see the rows as they were when it began. */
    @OnEachStore
    void call_thatWasPutBackWhileTheEffectBeforeItRan_isMade(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch goesOn = new CountDownLatch(1);
            DurableRetry durable = fixture.start(b -> b.effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                try (var statement = connection.createStatement()) {
                    statement.executeQuery("SELECT COUNT(*) FROM respite_task").close();
                }
                TestStore.book(connection, data);
                if (data.equals("first")) {
                    running.countDown();
                    goesOn.await();
                }
            }));
            durable.queue().enqueue(PAYMENT, "first", ORDER_17.withId("1"));
            awaitLatch(running);
            durable.queue().enqueue(PAYMENT, "second", ORDER_17.withId("2"));
            awaitWaiting(fixture, "2");
            goesOn.countDown();
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("first", "second");
        }
    }

    /** A handler may enqueue the call after itself, in the transaction of its effect. */
    @OnEachStore
    void call_thatAnEffectEnqueuesInItsSequence_isMadeAfterIt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            fixture.start(b -> b.effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                TestStore.book(connection, data);
                if (data.equals("1")) {
                    queue.enqueue(connection, PAYMENT, "2", ORDER_17.withId("2"));
                }
            }));
            queue.enqueue(PAYMENT, "1", ORDER_17.withId("1"));
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("1", "2");
        }
    }

    private static DurableHandler<String> failingIfInvalid(DurableFixture fixture) {
        return (data, context) -> {
            fixture.attempts.add(context);
            if (data.equals("invalid")) {
                throw new IllegalArgumentException("never");
            }
        };
    }

    @OnEachStore
    void call_behindADeadLetter_waitsUntilThatIsReplayedOrDiscarded(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(SOON), failingIfInvalid(fixture)));
            durable.queue().enqueue(PAYMENT, "invalid", ORDER_17.withId("1"));
            durable.queue().enqueue(PAYMENT, "valid", ORDER_17.withId("2"));
            durable.queue().enqueue(PAYMENT, "invalid", ORDER_17.withId("3"));
            durable.queue().enqueue(PAYMENT, "valid", ORDER_17.withId("4"));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            awaitWaiting(fixture, "2", "3", "4");
            DeadLetter first = fixture.allLetters().get(0);
            assertThat(first.call().sequence()).contains("order 17");

            // A replay keeps the place: it is made before the others, and fails again.
            assertThat(fixture.letters().replay(first.letterId())).isTrue();
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(DeadLetter::letterId)
                    .hasSize(1)
                    .doesNotContain(first.letterId()));
            awaitWaiting(fixture, "2", "3", "4");
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactly("1", "1");

            DeadLetter second = fixture.allLetters().get(0);
            assertThat(fixture.letters().discard(second.letterId())).isTrue();
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(letter -> letter.call().id())
                    .containsExactly("3"));
            awaitWaiting(fixture, "4");
            DeadLetter third = fixture.allLetters().get(0);
            fixture.letters()
                    .editWithNewKey(third.letterId(), "valid".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            fixture.letters().replay(third.letterId());
            fixture.awaitEmpty();
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactly("1", "1", "2", "3", "3", "4");
        }
    }

    @OnEachStore
    void call_thatIsEnqueuedBehindADeadLetter_waits(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(SOON), failingIfInvalid(fixture)));
            durable.queue().enqueue(PAYMENT, "invalid", ORDER_17.withId("1"));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            durable.queue().enqueue(PAYMENT, "valid", ORDER_17.withId("2"));
            awaitWaiting(fixture, "2");
            fixture.letters().discard(fixture.allLetters().get(0).letterId());
            fixture.awaitEmpty();
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactly("1", "2");
        }
    }

    @OnEachStore
    void call_besideOneThatIsRolledBack_isMade(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(SOON), fixture.failingUntil(1)));
            try (Connection connection = fixture.dataSource.getConnection()) {
                connection.setAutoCommit(false);
                durable.queue().enqueue(connection, PAYMENT, "first", ORDER_17.withId("first"));
                durable.queue().enqueue(PAYMENT, "second", ORDER_17.withId("second"));
                connection.rollback();
                connection.setAutoCommit(true);
            }
            fixture.awaitEmpty();
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactly("second");
        }
    }

    /** A row that was deleted by hand makes no other call due. */
    @OnEachStore
    void call_behindARowThatWasDeletedByHand_isMadeWhenSuchCallsAreLookedFor(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(
                    PAYMENT,
                    retry("max-attempts=9 base-delay=10h jitter=none budget=off total-timeout=9d"),
                    (data, context) -> {
                        fixture.attempts.add(context);
                        if (data.equals("first")) {
                            throw new ConnectException("refused");
                        }
                    }));
            durable.queue().enqueue(PAYMENT, "first", ORDER_17.withId("first"));
            durable.queue().enqueue(PAYMENT, "second", ORDER_17.withId("second"));
            awaitWaiting(fixture, "second");
            fixture.awaitIdle();
            TestStore.run(fixture.dataSource, "DELETE FROM respite_task WHERE task_instance = 'first'");
            wakeStuck(fixture);
            fixture.awaitEmpty();
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactly("first", "second");
        }
    }

    /** The process that looked whether it was its turn was killed. The call has had no attempt by that. */
    @OnEachStore
    void call_whoseLookWasLost_beginsWithItsFirstAttempt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(
                            PAYMENT,
                            retry("max-attempts=5 backoff=fixed base-delay=1h jitter=none budget=off total-timeout=2d"),
                            fixture.failingUntil(2))
                    .task(CALL, retry("max-attempts=1"), fixture.failingUntil(1)));
            durable.queue().enqueue(PAYMENT, "first", ORDER_17.withId("first"));
            durable.queue().enqueue(CALL, "second", ORDER_17.withId("second"));
            awaitWaiting(fixture, "second");
            // Otherwise the leap would make the first attempt a lost one.
            fixture.awaitIdle();
            TestStore.run(
                    fixture.dataSource,
                    "UPDATE respite_task SET picked = TRUE, picked_by = 'killed', last_heartbeat = execution_time,"
                            + " waits_in_sequence = FALSE, version = version + 1 WHERE task_instance = 'second'");
            // Its last heartbeat is within ten minutes from now.
            fixture.time.leap(Duration.ofMinutes(20));
            awaitWaiting(fixture, "second");
            fixture.time.leap(Duration.ofMinutes(50));
            fixture.awaitEmpty();
            assertThat(fixture.allLetters()).isEmpty();
            assertThat(fixture.attempts)
                    .extracting(DurableContext::id, context -> context.attempt().number())
                    .containsExactly(tuple("first", 1), tuple("first", 2), tuple("second", 1));
        }
    }

    @OnEachStore
    void call_thatHasBegun_keepsItsBackoffWhenALaterLetterIsDiscarded(TestStore store) {
        DurableTask<String> unreadable = DurableTask.of("unreadable", DataCodec.of(text -> new byte[0], bytes -> {
            throw new IllegalArgumentException("damaged");
        }));
        try (DurableFixture fixture = new DurableFixture(store)) {
            String slow = "max-attempts=9 backoff=fixed base-delay=10h jitter=none budget=off total-timeout=9d";
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(slow), fixture.failingUntil(9))
                    .task(unreadable, retry(SOON), (data, context) -> {}));
            durable.queue().enqueue(PAYMENT, "first", ORDER_17.withId("first"));
            durable.queue().enqueue(PAYMENT, "second", ORDER_17.withId("second"));
            awaitWaiting(fixture, "second");
            fixture.awaitIdle();
            TestStore.run(fixture.dataSource, "DELETE FROM respite_task WHERE task_instance = 'first'");
            wakeStuck(fixture);
            fixture.awaitAttempts(2);
            fixture.awaitIdle();
            durable.queue().enqueue(unreadable, "third", ORDER_17.withId("third"));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            fixture.letters().discard(fixture.allLetters().get(0).letterId());
            assertThat(fixture.due()).isAfter(fixture.time.wallTime().plus(Duration.ofHours(9)));
        }
    }

    @Test
    void sequence_ofAnUnusableName_isRefused() {
        assertThatThrownBy(() -> EnqueueOptions.defaults().withSequence(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sequence ' ': it must be of 1 to 100 characters");
    }

    @Test
    void key_thatNoHeaderCanCarry_isRefused() {
        assertThatThrownBy(() -> EnqueueOptions.defaults().withKey("Bestellung ü"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("printable ASCII");
    }

    private static void wakeStuck(DurableFixture fixture) {
        new Sequences(CallDatabase.of(fixture.dataSource, DurableTables.defaults(), fixture.time)).wakeStuck();
    }

    private static void awaitWaiting(DurableFixture fixture, String... ids) {
        eventually(() -> assertThat(TestStore.strings(
                        fixture.dataSource,
                        "SELECT task_instance FROM respite_task WHERE waits_in_sequence = TRUE AND picked = FALSE"
                                + " ORDER BY task_instance"))
                .containsExactly(ids));
    }
}
