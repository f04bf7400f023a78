package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** Instances of two deployments run at the same time. */
class DeploymentsTest {

    private static final String HOURLY =
            "max-attempts=9 backoff=fixed base-delay=1h jitter=none total-timeout=7d budget=off";

    private static final DurableTask<String> NEWER = DurableTask.of("newer", DataCodec.text());

    private final List<String> byOld = new CopyOnWriteArrayList<>();
    private final List<String> byNew = new CopyOnWriteArrayList<>();

    private static DurableHandler<String> added(List<String> made) {
        return (data, context) -> made.add(data + " " + context.attempt().number());
    }

    @OnEachStore
    void callsOfATask_thatOneInstanceLacks_areRunByTheOther(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            List<String> data =
                    IntStream.range(0, 150).mapToObj(String::valueOf).toList();
            queue.enqueueAll(NEWER, data, EnqueueOptions.defaults());
            queue.enqueueAll(PAYMENT, data, EnqueueOptions.defaults());
            fixture.start(b -> b.task(PAYMENT, retry(HOURLY), added(byOld)));
            eventually(() -> assertThat(byOld).hasSize(150));
            fixture.start(b -> b.task(PAYMENT, retry(HOURLY), added(byNew)).task(NEWER, retry(HOURLY), added(byNew)));
            fixture.awaitEmpty();
            assertThat(fixture.allLetters()).isEmpty();
            assertThat(byNew)
                    .containsExactlyInAnyOrderElementsOf(
                            data.stream().map(each -> each + " 1").toList());
        }
    }

    /** The first call waits for its retry. Before, the calls behind it were parked by the instance that lacks their task. */
    @OnEachStore
    void callsOfATask_thatOneInstanceLacks_areNotParkedWhileTheyWaitInTheirSequence(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            fixture.start(b -> b.task(NEWER, retry(HOURLY), (data, context) -> {
                byNew.add(data + " " + context.attempt().number());
                if (byNew.size() == 1) {
                    throw new ConnectException("refused");
                }
            }));
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            for (String call : List.of("first", "second", "third")) {
                queue.enqueue(
                        NEWER, call, EnqueueOptions.defaults().withId(call).withSequence("order 17"));
            }
            eventually(() -> assertThat(TestStore.strings(
                            fixture.dataSource,
                            "SELECT task_instance FROM respite_task WHERE waits_in_sequence = TRUE"))
                    .containsExactlyInAnyOrder("second", "third"));
            queue.enqueue(DurableTask.of("gone", DataCodec.text()), "later than these");
            fixture.start(
                    b -> b.parkUnknownTasksAfter(Duration.ofMillis(200)).task(PAYMENT, retry(HOURLY), added(byOld)));
            eventually(() -> assertThat(fixture.allLetters()).isNotEmpty());
            assertThat(fixture.allLetters())
                    .extracting(letter -> letter.call().task())
                    .containsExactly("gone");
            fixture.time.leap(Duration.ofHours(1));
            fixture.awaitEmpty();
            assertThat(byNew).containsExactly("first 1", "first 2", "second 1", "third 1");
        }
    }

    /** The older deployment has nine attempts and a week, the newer one three attempts and a day. */
    @OnEachStore
    void attempt_ofACallThatTwoDeploymentsRun_followsThePolicyOfItsInstance(TestStore store) {
        String newer = "max-attempts=3 backoff=fixed base-delay=2h jitter=none total-timeout=1d budget=off";
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry old = fixture.start(b -> b.task(PAYMENT, retry(HOURLY), fixture.failingUntil(99)));
            old.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitAttempts(1);
            fixture.awaitIdle();
            assertThat(wait(fixture)).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
            old.close();

            DurableRetry other = fixture.start(b -> b.task(PAYMENT, retry(newer), fixture.failingUntil(99)));
            // The wait that has begun goes on.
            assertThat(wait(fixture)).isBetween(Duration.ofMinutes(58), Duration.ofMinutes(60));
            fixture.time.leap(Duration.ofHours(1));
            fixture.awaitAttempts(2);
            fixture.awaitIdle();
            assertThat(wait(fixture)).isBetween(Duration.ofMinutes(118), Duration.ofMinutes(120));
            other.close();

            // A rollback: attempts 3 and 4 follow the older policy again.
            DurableRetry rolledBack = fixture.start(b -> b.task(PAYMENT, retry(HOURLY), fixture.failingUntil(99)));
            for (int attempt = 3; attempt <= 4; attempt++) {
                fixture.time.leap(Duration.ofHours(2));
                fixture.awaitAttempts(attempt);
                fixture.awaitIdle();
                assertThat(wait(fixture)).isBetween(Duration.ofMinutes(58), Duration.ofMinutes(60));
            }
            rolledBack.close();

            // More attempts were made than the newer policy has. It makes one and gives the call up.
            fixture.start(b -> b.task(PAYMENT, retry(newer), fixture.failingUntil(99)));
            fixture.time.leap(Duration.ofHours(1));
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(
                            letter -> letter.reason() + ", " + letter.attempts().count())
                    .containsExactly("attempts exhausted, 5"));
            fixture.awaitAttempts(5);
        }
    }

    private static Duration wait(DurableFixture fixture) {
        return Duration.between(fixture.time.wallTime(), fixture.due());
    }
}
