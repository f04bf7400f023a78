package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.PendingCall.State;
import dev.respite.durable.PendingCalls.Change;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Calls that wait for the pace of deferred retries or for their turn, and what makes them go on. */
class ChangesOfWaitingCallsTest {

    private static PendingCalls calls(DurableFixture fixture) {
        CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults(), fixture.time);
        return new PendingCalls(database, new Sequences(database));
    }

    /** A call whose deferred retry may be made at any time. */
    private static void enqueueDeferred(DurableFixture fixture, String id) {
        TaskQueue.of(fixture.dataSource)
                .enqueue(PAYMENT, "order 17", EnqueueOptions.defaults().withId(id));
        TestStore.run(
                fixture.dataSource,
                "UPDATE respite_task SET deferred_until = execution_time WHERE task_instance = '" + id + "'");
    }

    private static List<String> deferred(DurableFixture fixture) {
        return TestStore.strings(
                fixture.dataSource, "SELECT task_instance FROM respite_task WHERE deferred_until IS NOT NULL");
    }

    @OnEachStore
    void changedTime_ofADeferredRetry_countsAlone(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            enqueueDeferred(fixture, "tomorrow");
            enqueueDeferred(fixture, "now");
            PendingCalls calls = calls(fixture);
            Instant tomorrow = EnqueueOptions.later(fixture.time.wallTime(), Duration.ofDays(1));
            assertThat(deferred(fixture)).containsExactlyInAnyOrder("tomorrow", "now");

            assertThat(calls.reschedule("payment", "tomorrow", tomorrow)).isEqualTo(Change.CHANGED);
            assertThat(calls.runNow("payment", "now")).isEqualTo(Change.CHANGED);

            assertThat(deferred(fixture)).isEmpty();
            PendingCall rescheduled = calls.find("payment", "tomorrow").orElseThrow();
            assertThat(rescheduled.state()).isEqualTo(State.SCHEDULED);
            assertThat(rescheduled.due()).isEqualTo(tomorrow);
        }
    }

    /** Both queries of a pick find them: the one of due calls, and the one of deferred retries. */
    @OnEachStore
    void deferredRetries_thatAreDue_areMadeOnceEach(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            List<String> ids = IntStream.range(0, 6).mapToObj(String::valueOf).toList();
            ids.forEach(id -> enqueueDeferred(fixture, id));

            fixture.start(b -> b.task(PAYMENT, retry("budget=off"), fixture.failingUntil(1)));

            fixture.awaitEmpty();
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactlyInAnyOrderElementsOf(ids);
        }
    }

    /** A transaction has the row of the second call, so the one that cancels the first passes it over. */
    @OnEachStore
    void cancel_whileTheNextCallOfTheSequenceIsLocked_makesThatDue(TestStore store) throws Exception {
        EnqueueOptions order17 = EnqueueOptions.defaults().withSequence("order 17");
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            queue.enqueue(PAYMENT, "first", order17.withId("first"));
            queue.enqueue(PAYMENT, "second", order17.withId("second"));
            TestStore.run(
                    fixture.dataSource,
                    "UPDATE respite_task SET waits_in_sequence = TRUE WHERE task_instance = 'second'");
            PendingCalls calls = calls(fixture);
            CompletableFuture<Change> change;
            try (Connection other = fixture.dataSource.getConnection()) {
                lock(other, "second");
                change = CompletableFuture.supplyAsync(() -> calls.cancel("payment", "first"));
                eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
                other.commit();
                other.setAutoCommit(true);
            }

            assertThat(change.get(30, TimeUnit.SECONDS)).isEqualTo(Change.CHANGED);

            assertThat(calls.find("payment", "second").orElseThrow().state()).isNotEqualTo(State.IN_SEQUENCE);
        }
    }

    private static void lock(Connection connection, String id) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement
                    .executeQuery("SELECT version FROM respite_task WHERE task_instance = '" + id + "' FOR UPDATE")
                    .close();
        }
    }

    /** The instance that has deferred them is gone, and the other one defers none. */
    @OnEachStore
    void deferredRetries_ofAnInstanceThatIsGone_arePulledWithoutPolls(TestStore store) {
        int calls = 4;
        String policy = "max-attempts=9 jitter=none budget=success:1/1/1 base-delay=1m max-delay=1m total-timeout=7d";
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry first = fixture.start(b -> b.task(PAYMENT, retry(policy), (data, context) -> {
                fixture.attempts.add(context);
                throw new ConnectException("refused");
            }));
            first.queue()
                    .enqueueAll(
                            PAYMENT,
                            IntStream.range(0, calls).mapToObj(String::valueOf).toList(),
                            EnqueueOptions.defaults());
            fixture.awaitAttempts(calls);
            fixture.awaitIdle();
            assertThat(deferred(fixture)).hasSize(calls - 1);
            first.close();
            fixture.time.leap(Duration.ofMinutes(6));

            fixture.start(b -> b.pollInterval(Duration.ofHours(1))
                    .task(PAYMENT, retry(policy), (data, context) -> fixture.attempts.add(context)));

            fixture.awaitEmpty();
            assertThat(fixture.attempts).hasSize(2 * calls);
        }
    }
}
