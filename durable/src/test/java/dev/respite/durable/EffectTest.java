package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.awaitLatch;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.durable.idempotency.IdempotentEffects;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import java.net.ConnectException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Filter;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Effects in the database of the calls take place exactly once. */
class EffectTest {

    private static final Logger LOGGER = Logger.getLogger("dev.respite.durable");
    private static final String SOON = "max-attempts=5 base-delay=1ms max-delay=5ms budget=off";

    private static EffectHandler<String> booking(DurableFixture fixture, int succeeds) {
        return (connection, data, context) -> {
            TestStore.book(connection, data);
            fixture.attempts.add(context);
            if (context.attempt().number() < succeeds) {
                throw new ConnectException("after the effect");
            }
        };
    }

    private static IdempotentEffects recorded(DataSource dataSource) {
        return IdempotentEffects.of(TransactionalIdempotency.of(dataSource), Scope.of("billing"));
    }

    @OnEachStore
    void effect_ofAttemptsThatFail_isRolledBack(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.effect(PAYMENT, retry(SOON), booking(fixture, 3)));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitAttempts(3);
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
        }
    }

    /** MariaDB's driver throws a transient exception for every SQLState that it does not know. */
    @OnEachStore
    void effect_procedureOfMariaDbThatSignals_isParkedAfterOneAttempt(TestStore store) {
        assumeThat(store).isEqualTo(TestStore.MARIADB);
        try (DurableFixture fixture = new DurableFixture(store)) {
            TestStore.run(fixture.dataSource, "CREATE OR REPLACE PROCEDURE reject_all() SIGNAL SQLSTATE '45000'");
            DurableRetry durable = fixture.start(b -> b.effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                fixture.attempts.add(context);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("CALL reject_all()");
                }
            }));
            durable.queue().enqueue(PAYMENT, "order 17");
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(fixture.attempts).hasSize(1);
        }
    }

    @OnEachStore
    void effect_ofAnInstanceThatWasPausedBeyondItsHeartbeat_isRolledBack(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CountDownLatch paused = new CountDownLatch(1);
            CountDownLatch goesOn = new CountDownLatch(1);
            // Its heartbeat is as rare as that of a paused process.
            DurableRetry slow = fixture.start(b -> b.threads(1)
                    .heartbeat(Duration.ofHours(1))
                    .effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                        TestStore.book(connection, "paused");
                        paused.countDown();
                        goesOn.await();
                    }));
            slow.queue().enqueue(PAYMENT, "order 17");
            awaitLatch(paused);

            fixture.start(b -> b.heartbeat(Duration.ofMillis(100)).effect(PAYMENT, retry(SOON), booking(fixture, 1)));
            fixture.awaitEmpty();
            assertThat(fixture.attempts)
                    .extracting(context -> context.attempt().number())
                    .containsExactly(2);
            goesOn.countDown();
            slow.close();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
            assertThat(fixture.allLetters()).isEmpty();
        }
    }

    @OnEachStore
    void effect_ofAnInstanceThatWasPausedUntilItsIdWasUsedAgain_isRolledBack(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            EnqueueOptions id = EnqueueOptions.defaults().withId("customer 9");
            CountDownLatch paused = new CountDownLatch(1);
            CountDownLatch goesOn = new CountDownLatch(1);
            DurableRetry slow = fixture.start(b -> b.threads(1)
                    .heartbeat(Duration.ofHours(1))
                    .effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                        TestStore.book(connection, "paused");
                        paused.countDown();
                        goesOn.await();
                    }));
            slow.queue().enqueue(PAYMENT, "order 17", id);
            awaitLatch(paused);

            CountDownLatch second = new CountDownLatch(1);
            CountDownLatch secondGoesOn = new CountDownLatch(1);
            DurableRetry other = fixture.start(b -> b.heartbeat(Duration.ofMillis(100))
                    .effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                        TestStore.book(connection, data);
                        if (data.equals("order 18")) {
                            second.countDown();
                            secondGoesOn.await();
                        }
                    }));
            fixture.awaitEmpty();
            other.queue().enqueue(PAYMENT, "order 18", id);
            awaitLatch(second);
            goesOn.countDown();
            slow.close();
            secondGoesOn.countDown();
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17", "order 18");
        }
    }

    @OnEachStore
    void attempt_thatWasLost_isRetriedAsTheRulesOfItsKindSay(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CountDownLatch paused = new CountDownLatch(1);
            CountDownLatch goesOn = new CountDownLatch(1);
            DurableRetry slow = fixture.start(
                    b -> b.threads(1).heartbeat(Duration.ofHours(1)).task(PAYMENT, retry(SOON), (data, context) -> {
                        paused.countDown();
                        goesOn.await();
                    }));
            slow.queue().enqueue(PAYMENT, "order 17");
            awaitLatch(paused);
            fixture.start(b -> b.heartbeat(Duration.ofMillis(100))
                    .task(PAYMENT, retry(SOON + " on.lost.max-attempts=1"), fixture.failingUntil(1)));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            goesOn.countDown();
            DeadLetter letter = fixture.allLetters().get(0);
            assertThat(letter.attempts().count()).isEqualTo(1);
            assertThat(letter.attempts().history()).contains(": lost; gave up: attempts exhausted");
            assertThat(letter.attempts().lastError()).contains("attempt 1 was not ended");
            assertThat(fixture.attempts).isEmpty();
        }
    }

    @OnEachStore
    void plainCall_ofAnInstanceThatWasPausedUntilItsIdWasUsedAgain_doesNotEndTheLaterCall(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            EnqueueOptions id = EnqueueOptions.defaults().withId("customer 9");
            CountDownLatch paused = new CountDownLatch(1);
            CountDownLatch goesOn = new CountDownLatch(1);
            DurableRetry slow = fixture.start(
                    b -> b.threads(1).heartbeat(Duration.ofHours(1)).task(PAYMENT, retry(SOON), (data, context) -> {
                        paused.countDown();
                        goesOn.await();
                    }));
            slow.queue().enqueue(PAYMENT, "order 17", id);
            awaitLatch(paused);

            CountDownLatch second = new CountDownLatch(1);
            CountDownLatch secondGoesOn = new CountDownLatch(1);
            DurableRetry other = fixture.start(b -> b.heartbeat(Duration.ofMillis(100))
                    .task(PAYMENT, retry(SOON), (data, context) -> {
                        if (data.equals("order 18")) {
                            second.countDown();
                            secondGoesOn.await();
                        }
                    }));
            fixture.awaitEmpty();
            other.queue().enqueue(PAYMENT, "order 18", id);
            awaitLatch(second);
            goesOn.countDown();
            slow.close();
            assertThat(TestStore.tasks(fixture.dataSource)).isEqualTo(1);
            secondGoesOn.countDown();
            fixture.awaitEmpty();
            assertThat(fixture.allLetters()).isEmpty();
        }
    }

    @OnEachStore
    void plainCall_ofAnInstanceThatWasTakenOver_changesNothing(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CountDownLatch paused = new CountDownLatch(1);
            CountDownLatch goesOn = new CountDownLatch(1);
            DurableRetry slow = fixture.start(b -> b.threads(1)
                    .heartbeat(Duration.ofHours(1))
                    .task(PAYMENT, retry("max-attempts=1 budget=off"), (data, context) -> {
                        paused.countDown();
                        goesOn.await();
                        throw new IllegalStateException("would be a dead letter");
                    }));
            slow.queue().enqueue(PAYMENT, "order 17");
            awaitLatch(paused);

            CountDownLatch second = new CountDownLatch(1);
            CountDownLatch secondGoesOn = new CountDownLatch(1);
            fixture.start(b -> b.heartbeat(Duration.ofMillis(100)).task(PAYMENT, retry(SOON), (data, context) -> {
                fixture.attempts.add(context);
                second.countDown();
                secondGoesOn.await();
            }));
            awaitLatch(second);
            List<String> lines = new CopyOnWriteArrayList<>();
            Filter unfiltered = LOGGER.getFilter();
            LOGGER.setFilter(line -> lines.add(line.getMessage()));
            goesOn.countDown();
            slow.close();
            LOGGER.setFilter(unfiltered);
            assertThat(lines)
                    .anyMatch(line -> line.contains("was taken over by another instance"))
                    .noneMatch(line -> line.contains("dead letters"));
            assertThat(fixture.allLetters()).isEmpty();
            assertThat(TestStore.tasks(fixture.dataSource)).isEqualTo(1);
            secondGoesOn.countDown();
            fixture.awaitEmpty();
            assertThat(fixture.attempts).hasSize(1);
        }
    }

    @OnEachStore
    void effect_whoseCommitGetsNoReply_isNotMadeAgain(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            AtomicInteger cut = new AtomicInteger(1);
            EffectRunner runner = EffectRunner.of(cutting(fixture.dataSource, cut, true, "08006"));
            DurableRetry durable =
                    fixture.start(b -> b.effects(runner).effect(PAYMENT, retry(SOON), booking(fixture, 1)));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitEmpty();
            durable.close();
            assertThat(cut).hasValue(0);
            assertThat(fixture.attempts).hasSize(1);
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
            assertThat(fixture.allLetters()).isEmpty();
        }
    }

    /** 08007: the result of the commit is unknown. */
    @OnEachStore
    void effect_whoseCommitHasAnUnknownResult_isMadeByTheNextAttempt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            AtomicInteger cut = new AtomicInteger(1);
            EffectRunner runner = EffectRunner.of(cutting(fixture.dataSource, cut, false, "08007"));
            DurableRetry durable =
                    fixture.start(b -> b.effects(runner).effect(PAYMENT, retry(SOON), booking(fixture, 1)));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitAttempts(2);
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
            assertThat(fixture.allLetters()).isEmpty();
        }
    }

    @OnEachStore
    void effect_whoseCommitIsLost_isMadeByTheNextAttempt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            AtomicInteger cut = new AtomicInteger(1);
            EffectRunner runner = EffectRunner.of(cutting(fixture.dataSource, cut, false, "08006"));
            DurableRetry durable =
                    fixture.start(b -> b.effects(runner).effect(PAYMENT, retry(SOON), booking(fixture, 1)));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitAttempts(2);
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
        }
    }

    @OnEachStore
    void record_isCommittedWithEffectAndRow_andAnotherCallWithItsKeyHasNoEffect(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(
                    b -> b.effects(recorded(fixture.dataSource)).effect(PAYMENT, retry(SOON), booking(fixture, 3)));
            EnqueueOptions options = EnqueueOptions.defaults().withKey("key-17");
            durable.queue().enqueue(PAYMENT, "order 17", options);
            fixture.awaitAttempts(3);
            fixture.awaitEmpty();
            assertThat(TestStore.strings(fixture.dataSource, "SELECT state FROM respite_idempotency"))
                    .containsExactly("DONE");

            durable.queue().enqueue(PAYMENT, "order 17", options);
            fixture.awaitEmpty();
            assertThat(fixture.attempts).hasSize(3);
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
            assertThat(fixture.allLetters()).isEmpty();

            durable.queue().enqueue(PAYMENT, "other data", options);
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(fixture.allLetters().get(0).attempts().lastError()).contains("MISMATCH", "with a new key");
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
        }
    }

    /** The first transaction is rolled back after it has removed the row, and another one turns out to have made the effect. */
    @OnEachStore
    void effect_thatIsRolledBackAndThenFoundMade_isRemoved(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            EffectRunner local = EffectRunner.of(fixture.dataSource);
            EffectRunner runner = (context, stored, effect) -> {
                SQLException conflict = new SQLException("a deadlock", "40001");
                Throwable thrown = catchThrowable(() -> local.run(context, stored, connection -> {
                    effect.run(connection);
                    throw conflict;
                }));
                assertThat(thrown).isSameAs(conflict);
                return false;
            };
            DurableRetry durable =
                    fixture.start(b -> b.effects(runner).effect(PAYMENT, retry(SOON), booking(fixture, 1)));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitEmpty();
            assertThat(fixture.attempts).hasSize(1);
            assertThat(TestStore.ledger(fixture.dataSource)).isEmpty();
        }
    }

    @OnEachStore
    void record_ofAnInstanceThatWasTakenOver_isRolledBackToo(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            AtomicInteger runs = new AtomicInteger();
            DurableRetry durable = fixture.start(b -> b.effects(recorded(fixture.dataSource))
                    .effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                        TestStore.book(connection, data);
                        if (runs.incrementAndGet() == 1) {
                            // As if another instance had picked the row.
                            TestStore.run(fixture.dataSource, "UPDATE respite_task SET version = version + 1");
                        }
                    }));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitEmpty();
            assertThat(runs).hasValue(2);
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
            assertThat(TestStore.strings(fixture.dataSource, "SELECT state FROM respite_idempotency"))
                    .containsExactly("DONE");
        }
    }

    /** The connections of a data source, of which a number of commits fail: after they were made, or before. */
    private static DataSource cutting(DataSource dataSource, AtomicInteger cut, boolean committed, String state) {
        return Intercepted.dataSource(dataSource, (method, call) -> {
            if (method.equals("commit") && cut.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                if (committed) {
                    call.call();
                }
                throw new SQLException("the connection was cut", state);
            }
            return call.call();
        });
    }
}
