package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.CallStatements.CallRow;
import java.net.ConnectException;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The turn of a picked call in its sequence. */
class SequenceTurnTest {

    private static final EnqueueOptions ORDER_17 = EnqueueOptions.defaults().withSequence("order 17");
    private static final Envelope BEGUN_BY_NONE = Envelope.of("key 17", 1, ORDER_17.sequence());

    private static CallDatabase database(DurableFixture fixture) {
        TaskQueue queue = TaskQueue.of(fixture.dataSource);
        queue.enqueue(PAYMENT, "17", ORDER_17.withId("first"));
        queue.enqueue(PAYMENT, "17", ORDER_17.withId("second"));
        return CallDatabase.of(fixture.dataSource, DurableTables.defaults(), fixture.time);
    }

    private static boolean waits(DurableFixture fixture, CallDatabase database, String id, Envelope envelope) {
        String version = TestStore.strings(
                        fixture.dataSource, "SELECT version FROM respite_task WHERE task_instance = '" + id + "'")
                .get(0);
        return new Sequences(database).waits(new CallRow("payment", id, Long.parseLong(version)), envelope, "order 17");
    }

    @OnEachStore
    void waits_behindAnEarlierCall_isTrueUntilThatIsGone(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CallDatabase database = database(fixture);
            assertThat(waits(fixture, database, "first", BEGUN_BY_NONE)).isFalse();
            assertThat(waits(fixture, database, "second", BEGUN_BY_NONE)).isTrue();
            assertThat(TestStore.strings(
                            fixture.dataSource,
                            "SELECT task_instance FROM respite_task WHERE waits_in_sequence = TRUE AND picked = FALSE"))
                    .containsExactly("second");
            TestStore.run(fixture.dataSource, "DELETE FROM respite_task WHERE task_instance = 'first'");
            assertThat(waits(fixture, database, "second", BEGUN_BY_NONE)).isFalse();
        }
    }

    @OnEachStore
    void waits_ofACallWhoseLookWasLost_losesNoAttempt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CallDatabase database = database(fixture);
            Envelope lost = BEGUN_BY_NONE.lost(fixture.time.wallTime());
            assertThat(waits(fixture, database, "second", lost)).isTrue();
            Optional<CallStatements.Present> stored = database.transaction(
                    "the call could not be read",
                    connection -> new CallStatements(database).present(connection, "payment", "second", new byte[0]));
            assertThat(Envelope.decode(stored.orElseThrow().envelope())).isEqualTo(BEGUN_BY_NONE);
        }
    }

    @OnEachStore
    void callsBehindADeadLetter_areNotPicked(TestStore store) {
        int calls = 1_000;
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> failingFirst(b, fixture));
            durable.queue().enqueue(PAYMENT, "first", ORDER_17);
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            durable.queue().enqueueAll(PAYMENT, Collections.nCopies(calls, "later"), ORDER_17);
            eventually(() -> assertThat(waiting(fixture)).hasSize(calls));
            String versions = "SELECT version FROM respite_task WHERE call_sequence = 'order 17' ORDER BY version";
            List<String> before = TestStore.strings(fixture.dataSource, versions);
            for (int i = 0; i < 10; i++) {
                durable.queue().enqueue(PAYMENT, "elsewhere");
                fixture.awaitAttempts(2 + i);
                fixture.time.leap(Duration.ofMinutes(1));
            }
            assertThat(TestStore.strings(fixture.dataSource, versions)).isEqualTo(before);
            assertThat(durable.stats()).satisfies(stats -> {
                assertThat(stats.due()).isZero();
                assertThat(stats.scheduled()).isEqualTo(calls);
                assertThat(stats.lag()).isZero();
            });
        }
    }

    /** A dead letter of a later call is discarded, which makes the first call due that waits. */
    @OnEachStore
    void callBehindADeadLetter_isNotMadeWhenAnotherLetterIsDiscarded(TestStore store) {
        DurableTask<String> unreadable = DurableTask.of("unreadable", DataCodec.of(text -> new byte[0], bytes -> {
            throw new IllegalArgumentException("damaged");
        }));
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(
                    b -> failingFirst(b.task(unreadable, retry("max-attempts=1"), (data, context) -> {}), fixture));
            durable.queue().enqueue(PAYMENT, "first", ORDER_17.withId("first"));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            durable.queue().enqueue(PAYMENT, "second", ORDER_17.withId("second"));
            durable.queue().enqueue(unreadable, "third", ORDER_17.withId("third"));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(2));
            eventually(() -> assertThat(waiting(fixture)).containsExactly("second"));
            discard(fixture, DeadLetter.State.PARKED);
            durable.queue()
                    .enqueue(PAYMENT, "elsewhere", EnqueueOptions.defaults().withId("elsewhere"));
            fixture.awaitAttempts(2);
            eventually(() -> assertThat(waiting(fixture)).containsExactly("second"));
            discard(fixture, DeadLetter.State.DEAD);
            fixture.awaitEmpty();
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactly("first", "elsewhere", "second");
        }
    }

    /** The transaction of the effect has the snapshot of its beginning, in which the second call is not. */
    @OnEachStore
    void callThatWaitsForAnEffectWithAnEarlierSnapshot_isMade(TestStore store) {
        DurableTask<String> effect = DurableTask.of("effect", DataCodec.text());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        try (DurableFixture fixture = new DurableFixture(store)) {
            EffectRunner repeatable = (context, stored, run) -> {
                try (Connection connection = fixture.dataSource.getConnection()) {
                    int before = connection.getTransactionIsolation();
                    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                    connection.setAutoCommit(false);
                    run.run(connection);
                    connection.commit();
                    connection.setAutoCommit(true);
                    connection.setTransactionIsolation(before);
                    return true;
                }
            };
            DurableRetry durable = fixture.start(b -> b.effects(repeatable)
                    .effect(effect, retry("max-attempts=1"), (connection, data, context) -> {
                        fixture.attempts.add(context);
                        if (data.equals("first")) {
                            begun.countDown();
                            goesOn.await();
                        }
                    }));
            durable.queue().enqueue(effect, "first", ORDER_17.withId("first"));
            DurableFixture.awaitLatch(begun);
            durable.queue().enqueue(effect, "second", ORDER_17.withId("second"));
            eventually(() -> assertThat(waiting(fixture)).containsExactly("second"));
            goesOn.countDown();
            fixture.awaitEmpty();
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactly("first", "second");
        } finally {
            goesOn.countDown();
        }
    }

    private static void failingFirst(DurableRetryBuilder builder, DurableFixture fixture) {
        builder.task(PAYMENT, retry("max-attempts=1"), (data, context) -> {
            fixture.attempts.add(context);
            if (data.equals("first")) {
                throw new ConnectException("refused");
            }
        });
    }

    private static void discard(DurableFixture fixture, DeadLetter.State state) {
        assertThat(fixture.letters()
                        .discard(DeadLetter.Filter.all().withState(state))
                        .changed())
                .hasSize(1);
    }

    private static List<String> waiting(DurableFixture fixture) {
        return TestStore.strings(
                fixture.dataSource,
                "SELECT task_instance FROM respite_task WHERE waits_in_sequence = TRUE AND picked = FALSE");
    }
}
