package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.durable.PendingCall.Filter;
import dev.respite.durable.PendingCall.State;
import dev.respite.durable.PendingCalls.Change;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An operator looks for calls that have not ended, and changes them. */
class PendingCallsTest {

    private static final DurableTask<String> MAIL = DurableTask.of("mail", DataCodec.text());
    private static final String SLOW =
            "max-attempts=9 backoff=fixed base-delay=10h jitter=none budget=off total-timeout=9d";

    private static PendingCalls calls(DurableFixture fixture) {
        CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults(), fixture.time);
        return new PendingCalls(database, new Sequences(database));
    }

    private static EnqueueOptions id(String id) {
        return EnqueueOptions.defaults().withId(id);
    }

    /** One instance runs "runs" until the latch opens, and fails "fails". */
    private static DurableRetry started(DurableFixture fixture, CountDownLatch goesOn) {
        return fixture.start(b -> b.task(PAYMENT, retry(SLOW), (data, context) -> {
            fixture.attempts.add(context);
            if (data.equals("runs")) {
                goesOn.await();
            }
            if (data.equals("fails") && context.attempt().number() == 1) {
                throw new ConnectException("refused");
            }
        }));
    }

    private static State state(PendingCalls calls, String id) {
        return calls.find("payment", id).orElseThrow().state();
    }

    @OnEachStore
    void list_ofCallsInEachState_selectsThem(TestStore store) {
        CountDownLatch goesOn = new CountDownLatch(1);
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = started(fixture, goesOn);
            PendingCalls calls = calls(fixture);
            Instant later = fixture.time.wallTime().plusSeconds(3_600);
            TaskQueue queue = durable.queue();
            queue.enqueue(PAYMENT, "runs", id("runs").withSequence("order 17"));
            eventually(() -> assertThat(state(calls, "runs")).isEqualTo(State.RUNNING));
            queue.enqueue(PAYMENT, "waits", id("waits").withSequence("order 17"));
            eventually(() -> assertThat(state(calls, "waits")).isEqualTo(State.IN_SEQUENCE));
            queue.enqueue(PAYMENT, "fails", id("fails").withKey("key 17"));
            eventually(() -> assertThat(state(calls, "fails")).isEqualTo(State.SCHEDULED));
            queue.enqueue(PAYMENT, "later", id("later").withNotBefore(later));
            queue.enqueue(MAIL, "due", id("due"));
            TestStore.run(
                    fixture.dataSource,
                    "UPDATE respite_task SET deferred_until = execution_time WHERE task_instance = 'later'");

            assertThat(ids(calls.list(Filter.all()))).containsExactly("due", "fails", "later", "runs", "waits");
            for (PendingCall call : calls.list(Filter.all())) {
                assertThat(ids(calls.list(Filter.all().withState(call.state()))))
                        .containsExactly(call.id());
            }
            assertThat(ids(calls.list(Filter.all().withTask("mail")))).containsExactly("due");
            assertThat(ids(calls.list(Filter.all().withError("ConnectException"))))
                    .containsExactly("fails");
            assertThat(calls.list(Filter.all()
                            .withEnqueuedBefore(fixture.time.wallTime().minusSeconds(9))))
                    .isEmpty();
            assertThat(calls.list(Filter.all()
                            .withEnqueuedBefore(fixture.time.wallTime().plusSeconds(9))))
                    .hasSize(5);

            PendingCall failed = calls.find("payment", "fails").orElseThrow();
            assertThat(failed.call().key()).isEqualTo("key 17");
            assertThat(failed.attempts()).isEqualTo(1);
            assertThat(failed.lastError()).startsWith("java.net.ConnectException");
            assertThat(failed.due()).isAfter(later);
            assertThat(calls.find("payment", "waits").orElseThrow().call().sequence())
                    .contains("order 17");
            assertThat(calls.find("payment", "none")).isEmpty();
        } finally {
            goesOn.countDown();
        }
    }

    private static List<String> ids(List<PendingCall> calls) {
        return calls.stream().map(PendingCall::id).toList();
    }

    @OnEachStore
    void list_inPages_hasEachCallOnce(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            queue.enqueueAll(
                    PAYMENT, IntStream.range(0, 25).mapToObj(i -> "" + i).toList(), EnqueueOptions.defaults());
            queue.enqueueAll(MAIL, List.of("a", "b", "c"), EnqueueOptions.defaults());
            PendingCalls calls = PendingCalls.of(fixture.dataSource);
            Filter ten = Filter.all().withLimit(10);
            List<PendingCall> found = new ArrayList<>(calls.list(ten));
            List<PendingCall> page = found;
            while (!page.isEmpty()) {
                page = calls.listAfter(
                        ten,
                        found.get(found.size() - 1).task(),
                        found.get(found.size() - 1).id());
                found.addAll(page);
            }
            assertThat(found).hasSize(28);
            assertThat(found.stream().map(call -> call.task() + call.id()))
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    @OnEachStore
    void change_ofACallThatRuns_leavesItAsItIs(TestStore store) {
        CountDownLatch goesOn = new CountDownLatch(1);
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = started(fixture, goesOn);
            PendingCalls calls = calls(fixture);
            durable.queue().enqueue(PAYMENT, "runs", id("runs"));
            eventually(() -> assertThat(state(calls, "runs")).isEqualTo(State.RUNNING));
            Instant before = fixture.due("runs");
            assertThat(calls.cancel("payment", "runs")).isEqualTo(Change.RUNNING);
            assertThat(calls.runNow("payment", "runs")).isEqualTo(Change.RUNNING);
            assertThat(calls.reschedule("payment", "runs", before.plusSeconds(9)))
                    .isEqualTo(Change.RUNNING);
            assertThat(fixture.due("runs")).isEqualTo(before);
            goesOn.countDown();
            fixture.awaitEmpty();
            assertThat(calls.cancel("payment", "runs")).isEqualTo(Change.ABSENT);
            assertThat(calls.runNow("payment", "runs")).isEqualTo(Change.ABSENT);
            assertThat(fixture.allLetters()).isEmpty();
        } finally {
            goesOn.countDown();
        }
    }

    @OnEachStore
    void runNow_ofACallInItsBackoff_makesTheNextAttempt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = started(fixture, new CountDownLatch(0));
            PendingCalls calls = calls(fixture);
            durable.queue().enqueue(PAYMENT, "fails", id("fails"));
            eventually(() -> assertThat(state(calls, "fails")).isEqualTo(State.SCHEDULED));
            Instant nextDay = EnqueueOptions.later(fixture.time.wallTime(), Duration.ofDays(1));
            // The pace of deferred retries would permit it before.
            TestStore.run(fixture.dataSource, "UPDATE respite_task SET deferred_until = execution_time");
            assertThat(calls.reschedule("payment", "fails", nextDay)).isEqualTo(Change.CHANGED);
            assertThat(fixture.due("fails")).isEqualTo(nextDay);
            assertThat(calls.find("payment", "fails").orElseThrow().due()).isEqualTo(nextDay);
            assertThat(state(calls, "fails")).isEqualTo(State.SCHEDULED);
            assertThat(calls.runNow("payment", "fails")).isEqualTo(Change.CHANGED);
            fixture.awaitEmpty();
            assertThat(fixture.attempts)
                    .extracting(context -> context.attempt().number())
                    .containsExactly(1, 2);
        }
    }

    @OnEachStore
    void runNow_ofACallThatWaitsForItsTurn_leavesTheOrder(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = started(fixture, new CountDownLatch(0));
            PendingCalls calls = calls(fixture);
            durable.queue().enqueue(PAYMENT, "fails", id("fails").withSequence("order 17"));
            durable.queue().enqueue(PAYMENT, "second", id("second").withSequence("order 17"));
            eventually(() -> assertThat(state(calls, "second")).isEqualTo(State.IN_SEQUENCE));
            eventually(() -> assertThat(state(calls, "fails")).isEqualTo(State.SCHEDULED));
            assertThat(calls.runNow("payment", "second")).isEqualTo(Change.IN_SEQUENCE);
            Instant later = EnqueueOptions.later(fixture.time.wallTime(), Duration.ofDays(1));
            assertThat(calls.reschedule("payment", "second", later)).isEqualTo(Change.CHANGED);
            assertThat(calls.runNow("payment", "fails")).isEqualTo(Change.CHANGED);
            eventually(() -> assertThat(calls.find("payment", "fails")).isEmpty());
            eventually(() -> assertThat(state(calls, "second")).isEqualTo(State.SCHEDULED));
            assertThat(fixture.due("second")).isEqualTo(later);
            fixture.time.leap(Duration.ofDays(2));
            fixture.awaitEmpty();
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactly("fails", "fails", "second");
        }
    }

    @OnEachStore
    void cancel_ofTheFirstOfASequence_isADeadLetterThatHoldsUpNothing(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = started(fixture, new CountDownLatch(0));
            PendingCalls calls = calls(fixture);
            durable.queue().enqueue(PAYMENT, "fails", id("fails").withSequence("order 17"));
            durable.queue().enqueue(PAYMENT, "second", id("second").withSequence("order 17"));
            durable.queue().enqueue(PAYMENT, "third", id("third").withSequence("order 17"));
            eventually(() -> assertThat(state(calls, "fails")).isEqualTo(State.SCHEDULED));
            eventually(() -> assertThat(state(calls, "second")).isEqualTo(State.IN_SEQUENCE));
            eventually(() -> assertThat(state(calls, "third")).isEqualTo(State.IN_SEQUENCE));
            assertThat(calls.cancel("payment", "second")).isEqualTo(Change.CHANGED);
            fixture.wake();
            assertThat(calls.cancel("payment", "fails")).isEqualTo(Change.CHANGED);
            fixture.awaitEmpty();
            assertThat(fixture.attempts).extracting(DurableContext::id).containsExactly("fails", "third");

            DeadLetter cancelled =
                    fixture.letters().list(DeadLetter.Filter.all().withState(DeadLetter.State.CANCELLED)).stream()
                            .filter(letter -> letter.call().id().equals("fails"))
                            .findFirst()
                            .orElseThrow();
            assertThat(cancelled.reason()).isEqualTo("cancelled");
            assertThat(cancelled.attempts().count()).isEqualTo(1);
            assertThat(cancelled.attempts().lastError()).startsWith("java.net.ConnectException");
            assertThat(cancelled.call().sequence()).isEmpty();
            assertThat(fixture.letters().data(cancelled.letterId())).hasValue("fails".getBytes(StandardCharsets.UTF_8));
        }
    }

    /** It comes back behind the calls that were enqueued meanwhile, and the next one waits for it. */
    @OnEachStore
    void replay_ofACancelledCall_takesTheEndOfItsSequence(TestStore store) {
        CountDownLatch goesOn = new CountDownLatch(1);
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = started(fixture, goesOn);
            PendingCalls calls = calls(fixture);
            durable.queue().enqueue(PAYMENT, "runs", id("runs").withSequence("order 17"));
            eventually(() -> assertThat(state(calls, "runs")).isEqualTo(State.RUNNING));
            durable.queue().enqueue(PAYMENT, "second", id("second").withSequence("order 17"));
            eventually(() -> assertThat(state(calls, "second")).isEqualTo(State.IN_SEQUENCE));
            assertThat(calls.cancel("payment", "second")).isEqualTo(Change.CHANGED);
            durable.queue().enqueue(PAYMENT, "third", id("third").withSequence("order 17"));
            assertThat(fixture.letters().replay(fixture.allLetters().get(0).letterId()))
                    .isTrue();
            durable.queue().enqueue(PAYMENT, "fourth", id("fourth").withSequence("order 17"));
            goesOn.countDown();
            fixture.awaitEmpty();
            assertThat(fixture.attempts)
                    .extracting(DurableContext::id)
                    .containsExactly("runs", "third", "second", "fourth");
        } finally {
            goesOn.countDown();
        }
    }

    /** A page has two calls. The one that runs is left, and so is one that is enqueued after the change. */
    @OnEachStore
    void cancelAndReschedule_byAFilter_changeTheSelectedCalls(TestStore store) {
        CountDownLatch goesOn = new CountDownLatch(1);
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = started(fixture, goesOn);
            PendingCalls calls = calls(fixture);
            durable.queue().enqueue(PAYMENT, "runs", id("runs"));
            eventually(() -> assertThat(state(calls, "runs")).isEqualTo(State.RUNNING));
            Instant later = EnqueueOptions.later(fixture.time.wallTime(), Duration.ofHours(3));
            for (int i = 0; i < 5; i++) {
                durable.queue().enqueue(PAYMENT, "later " + i, id("later " + i).withNotBefore(later));
                durable.queue().enqueue(MAIL, "later " + i, id("later " + i).withNotBefore(later));
            }
            fixture.time.leap(Duration.ofSeconds(1));
            Filter payments = Filter.all().withTask("payment").withLimit(2);
            Filter future = payments.withEnqueuedBefore(fixture.time.wallTime().plusSeconds(60));
            assertThat(calls.count(payments)).isEqualTo(6);
            assertThat(calls.count(payments.withState(State.SCHEDULED))).isEqualTo(5);
            assertThat(calls.count(payments.withError("ConnectException"))).isZero();
            assertThat(calls.count(Filter.all())).isEqualTo(11);

            Instant first = EnqueueOptions.later(fixture.time.wallTime(), Duration.ofHours(5));
            assertThat(calls.reschedule(future, first, 4))
                    .containsExactlyInAnyOrderEntriesOf(java.util.Map.of(Change.CHANGED, 5L, Change.RUNNING, 1L));
            assertThat(calls.list(payments.withState(State.SCHEDULED).withLimit(9)))
                    .extracting(PendingCall::due)
                    .containsExactly(
                            first,
                            first.plusMillis(250),
                            first.plusMillis(500),
                            first.plusMillis(750),
                            first.plusMillis(1_000));
            assertThat(calls.find("mail", "later 0").orElseThrow().due()).isEqualTo(later);

            assertThat(calls.cancel(payments.withState(State.SCHEDULED)))
                    .containsExactly(java.util.Map.entry(Change.CHANGED, 5L));
            assertThat(calls.cancel(payments.withState(State.SCHEDULED))).isEmpty();
            assertThat(calls.count(Filter.all().withTask("mail"))).isEqualTo(5);
            assertThat(fixture.allLetters()).hasSize(5);
            assertThatThrownBy(() -> calls.reschedule(payments, first, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("0.0 calls a second");
        } finally {
            goesOn.countDown();
        }
    }

    @Test
    void limit_outOfItsRange_isRejected() {
        assertThatThrownBy(() -> Filter.all().withLimit(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a page of 0 entries: it must be from 1 to 10000");
    }
}
