package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import java.net.ConnectException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** The database is away when an attempt has ended, and what becomes of the call is to be written. */
class OutageTest {

    private static final String SOON = "max-attempts=5 base-delay=1ms max-delay=5ms budget=off";

    /** A lost attempt ends its call. */
    private static final String NO_LOSS = SOON + " on.lost.max-attempts=1";

    private static final DurableTask<String> EFFECT = DurableTask.of("effect", DataCodec.text());

    /** The next statements of a thread fail. An attempt and the writes after it have the same thread. */
    private static final class Outage {
        private final ThreadLocal<Integer> left = ThreadLocal.withInitial(() -> 0);
        private final AtomicInteger failed = new AtomicInteger();
        private final String state;

        Outage(String state) {
            this.state = state;
        }

        void begin(int statements) {
            left.set(statements);
        }

        DataSource connections(DataSource target) {
            return Intercepted.dataSource(target, (method, call) -> {
                if (method.equals("prepareStatement") && left.get() > 0) {
                    left.set(left.get() - 1);
                    failed.incrementAndGet();
                    throw new SQLException("the database is away", state);
                }
                return call.call();
            });
        }
    }

    /** A pool of connections, such as HikariCP's, gives none to an interrupted thread. */
    @OnEachStore
    void endOfAnAttempt_thatLeavesItsThreadInterrupted_isWritten(TestStore store) {
        UnaryOperator<DataSource> connections = target -> Intercepted.dataSource(target, (method, call) -> {
            if (method.equals("prepareStatement") && Thread.currentThread().isInterrupted()) {
                throw new SQLException("interrupted during connection acquisition", "08001");
            }
            return call.call();
        });
        try (DurableFixture fixture = new DurableFixture(store, connections)) {
            AtomicInteger attempts = new AtomicInteger();
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(NO_LOSS), (data, context) -> {
                attempts.incrementAndGet();
                Thread.currentThread().interrupt();
            }));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitEmpty();
            assertThat(fixture.allLetters()).isEmpty();
            assertThat(attempts).hasValue(1);
        }
    }

    @OnEachStore
    void endOfAnAttempt_whileTheDatabaseIsAway_isWrittenWhenItIsBack(TestStore store) {
        Outage outage = new Outage("08006");
        try (DurableFixture fixture = new DurableFixture(store, outage::connections)) {
            List<String> made = new CopyOnWriteArrayList<>();
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(NO_LOSS), (data, context) -> {
                        made.add(data + " " + context.attempt().number());
                        outage.begin(3);
                        if (data.equals("fails once") && context.attempt().number() == 1) {
                            throw new ConnectException("refused");
                        }
                        if (data.equals("invalid")) {
                            throw new IllegalArgumentException("never");
                        }
                    })
                    .effect(EFFECT, retry(NO_LOSS), (connection, data, context) -> {
                        made.add(data + " " + context.attempt().number());
                        TestStore.book(connection, data);
                        // The effect is rolled back at the first of these, and the next ones are those of its retry.
                        outage.begin(context.attempt().number() == 1 ? 3 : 0);
                    }));
            durable.queue().enqueue(PAYMENT, "succeeds");
            durable.queue().enqueue(PAYMENT, "fails once");
            durable.queue().enqueue(PAYMENT, "invalid");
            durable.queue().enqueue(EFFECT, "effect");
            EnqueueOptions sequence = EnqueueOptions.defaults().withSequence("order 17");
            durable.queue().enqueue(PAYMENT, "first", sequence);
            durable.queue().enqueue(PAYMENT, "second", sequence);
            fixture.awaitEmpty();
            assertThat(made)
                    .containsExactlyInAnyOrder(
                            "succeeds 1",
                            "fails once 1",
                            "fails once 2",
                            "invalid 1",
                            "effect 1",
                            "effect 2",
                            "first 1",
                            "second 1");
            assertThat(outage.failed).hasValue(3 * 7);
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("effect");
            assertThat(fixture.allLetters())
                    .extracting(DeadLetter::reason, letter -> letter.attempts().count())
                    .containsExactly(org.assertj.core.groups.Tuple.tuple("fatal", 1));
        }
    }

    @OnEachStore
    void build_whileTheDatabaseIsAway_succeedsByARetry(TestStore store) {
        AtomicInteger away = new AtomicInteger(3);
        try (DurableFixture fixture = new DurableFixture(store)) {
            DataSource connections = BackgroundWrites.proxy(DataSource.class, (proxy, method, arguments) -> {
                if (away.getAndDecrement() > 0) {
                    throw new SQLException("connection refused", "08001");
                }
                return BackgroundWrites.invoke(fixture.dataSource, method, arguments);
            });
            DurableRetryBuilder builder = DurableRetry.builder(connections)
                    .pollInterval(Duration.ofMillis(20))
                    .task(PAYMENT, retry(SOON), fixture.failingUntil(1));
            DurableRetry durable = fixture.start(retry(SOON).call(builder::build));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitEmpty();
            assertThat(away).hasNegativeValue();
        }
    }

    @OnEachStore
    void turnOfACall_whileTheDatabaseIsAway_isDeterminedWhenItIsBack(TestStore store) {
        Outage outage = new Outage("08006");
        try (DurableFixture fixture = new DurableFixture(store, outage::connections)) {
            DurableTask<String> slow = DurableTask.of(
                    "slow",
                    // The data is read on the thread of the attempt, before its turn is determined.
                    DataCodec.of(text -> text.getBytes(java.nio.charset.StandardCharsets.UTF_8), bytes -> {
                        outage.begin(3);
                        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
                    }));
            DurableRetry durable = fixture.start(b -> b.task(slow, retry(NO_LOSS), fixture.failingUntil(1)));
            EnqueueOptions sequence = EnqueueOptions.defaults().withSequence("order 17");
            durable.queue().enqueue(slow, "first", sequence);
            durable.queue().enqueue(slow, "second", sequence);
            fixture.awaitEmpty();
            assertThat(outage.failed.get()).isGreaterThanOrEqualTo(3 * 2);
            assertThat(fixture.attempts).hasSize(2);
            assertThat(fixture.allLetters()).isEmpty();
        }
    }

    /** The database rejects the statement each time: it is not repeated, and the missing heartbeat shows that the attempt has ended. */
    @OnEachStore
    void endOfAnAttempt_thatCannotBeWritten_countsAsLostAndTheCallGoesOn(TestStore store) {
        Outage outage = new Outage("42000");
        try (DurableFixture fixture = new DurableFixture(store, outage::connections)) {
            List<RetryEvent> events = new CopyOnWriteArrayList<>();
            Retry retry = retry(SOON).withListener(events::add);
            DurableRetry durable =
                    fixture.start(b -> b.heartbeat(Duration.ofMillis(250)).task(PAYMENT, retry, (data, context) -> {
                        fixture.attempts.add(context);
                        outage.begin(context.attempt().number() == 1 ? 1 : 0);
                    }));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitEmpty();
            assertThat(fixture.attempts)
                    .extracting(context -> context.attempt().number())
                    .containsExactly(1, 2);
            RetryEvent.CallEnded ended = (RetryEvent.CallEnded) events.get(events.size() - 1);
            assertThat(ended.history().summary()).contains("lost", "ok");
        }
    }
}
