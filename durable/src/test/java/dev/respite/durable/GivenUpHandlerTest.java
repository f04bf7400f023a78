package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.durable.idempotency.IdempotentEffects;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The handler of calls that are given up. */
class GivenUpHandlerTest {

    private static final DurableTask<String> EFFECT = DurableTask.of("effect", DataCodec.text());

    /** An instance whose calls are given up at once, with a table for what the handler does. */
    private static DurableRetry started(
            DurableFixture fixture, ResultHandler<String, DeadLetter> handler, Consumer<DurableRetryBuilder> more) {
        TestStore.run(fixture.dataSource, "DROP TABLE IF EXISTS failed_order");
        TestStore.run(fixture.dataSource, "CREATE TABLE failed_order (name varchar(100))");
        return fixture.start(b -> {
            more.accept(b.task(PAYMENT, retry("max-attempts=1"), (data, context) -> {
                        throw new ConnectException("refused");
                    })
                    .onGivenUp(PAYMENT, handler));
        });
    }

    /** An instance that has given a call up. */
    private static DurableRetry giveUp(DurableFixture fixture, ResultHandler<String, DeadLetter> handler) {
        DurableRetry durable = started(fixture, handler, builder -> {});
        durable.queue().enqueue(PAYMENT, "order 17");
        return durable;
    }

    private static void fail(Connection connection, String order) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO failed_order VALUES (?)")) {
            insert.setString(1, order);
            insert.executeUpdate();
        }
    }

    private static List<String> failed(DurableFixture fixture) {
        return TestStore.strings(fixture.dataSource, "SELECT name FROM failed_order ORDER BY name");
    }

    private static DeadLetter letter(DurableFixture fixture) {
        eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
        assertThat(TestStore.tasks(fixture.dataSource)).isZero();
        return fixture.allLetters().get(0);
    }

    @OnEachStore
    void handler_ofACallThatIsGivenUp_isCommittedWithItsDeadLetter(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            giveUp(fixture, (connection, data, letter, context) -> fail(connection, data + ", " + letter.reason()));
            DeadLetter letter = letter(fixture);
            assertThat(letter.reason()).isEqualTo("attempts exhausted");
            assertThat(failed(fixture)).containsExactly("order 17, attempts exhausted");
        }
    }

    /** The letter is written last, and its failure rolls the handler back. */
    @OnEachStore
    void handler_whoseDeadLetterCannotBeWritten_isRolledBack(TestStore store) {
        AtomicInteger runs = new AtomicInteger();
        try (DurableFixture fixture = new DurableFixture(store)) {
            giveUp(fixture, (connection, data, letter, context) -> {
                fail(connection, data);
                runs.incrementAndGet();
                // Another instance has taken the call over meanwhile.
                TestStore.run(
                        fixture.dataSource,
                        "UPDATE respite_task SET version = version + 1, picked = FALSE WHERE version > 0 AND 1 = "
                                + runs.get());
            });
            letter(fixture);
            assertThat(runs).hasValue(2);
            assertThat(failed(fixture)).containsExactly("order 17");
        }
    }

    @OnEachStore
    void handler_thatFails_isMarkedAndRunsAgain(TestStore store) throws Exception {
        AtomicBoolean works = new AtomicBoolean();
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = giveUp(fixture, (connection, data, letter, context) -> {
                fail(connection, data);
                if (!works.get()) {
                    throw new IllegalStateException("not yet");
                }
            });
            DeadLetter letter = letter(fixture);
            assertThat(letter.reason()).isEqualTo("attempts exhausted; its handler has failed");
            assertThat(letter.attempts().lastError())
                    .startsWith("java.net.ConnectException")
                    .contains("; the handler: java.lang.IllegalStateException");
            assertThat(failed(fixture)).isEmpty();

            assertThatThrownBy(() -> durable.runGivenUpHandler(letter.letterId()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("not yet");
            assertThat(letter(fixture)).isEqualTo(letter);
            works.set(true);
            assertThat(durable.runGivenUpHandler(letter.letterId())).isTrue();
            assertThat(failed(fixture)).containsExactly("order 17");
            assertThat(letter(fixture).reason()).isEqualTo("attempts exhausted");
            assertThat(durable.runGivenUpHandler(letter.letterId())).isFalse();
            assertThat(durable.runGivenUpHandler("none")).isFalse();
            assertThat(failed(fixture)).containsExactly("order 17");
        }
    }

    /** H2 lets a handler commit unnoticed by its connection, so the mark is read. */
    @OnEachStore
    void handler_thatEndsItsTransaction_isMarked(TestStore store) {
        AtomicBoolean commits = new AtomicBoolean(true);
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = giveUp(fixture, (connection, data, letter, context) -> {
                fail(connection, data);
                if (commits.get()) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
            });
            DeadLetter letter = letter(fixture);
            assertThat(letter.reason()).isEqualTo("attempts exhausted; its handler has failed");
            assertThat(letter.attempts().lastError()).contains("EndedByHandlerException");
            assertThat(failed(fixture)).as("once").containsExactly("order 17");
            commits.set(false);
            assertThatThrownBy(() -> durable.runGivenUpHandler(letter.letterId()))
                    .hasMessageContaining("the handler has ended its own transaction");
            assertThat(letter(fixture)).isEqualTo(letter);
            assertThat(TestStore.strings(fixture.dataSource, "SELECT task_name FROM respite_task_effect"))
                    .isEmpty();
        }
    }

    /** The instance loses the call before it can write the dead letter. */
    @OnEachStore
    void handler_thatHasCommittedByItself_doesNotRunAgainInAnotherInstance(TestStore store) {
        AtomicInteger runs = new AtomicInteger();
        try (DurableFixture fixture = new DurableFixture(store)) {
            giveUp(fixture, (connection, data, letter, context) -> {
                fail(connection, data);
                connection.commit();
                runs.incrementAndGet();
                TestStore.run(
                        fixture.dataSource,
                        "UPDATE respite_task SET version = version + 1, picked = FALSE WHERE version > 0");
            });
            assertThat(letter(fixture).reason()).isEqualTo("attempts exhausted; its handler has failed");
            assertThat(runs).hasValue(1);
            assertThat(failed(fixture)).containsExactly("order 17");
            assertThat(TestStore.strings(fixture.dataSource, "SELECT task_name FROM respite_task_effect"))
                    .isEmpty();
        }
    }

    /** A transaction that conflicts with another one is repeated. */
    @OnEachStore
    void handler_whoseTransactionConflicts_runsAgain(TestStore store) {
        AtomicInteger runs = new AtomicInteger();
        try (DurableFixture fixture = new DurableFixture(store)) {
            giveUp(fixture, (connection, data, letter, context) -> {
                fail(connection, data);
                if (runs.incrementAndGet() < 3) {
                    throw new SQLException("deadlock", "40001");
                }
            });
            assertThat(letter(fixture).reason()).isEqualTo("attempts exhausted");
            assertThat(failed(fixture)).containsExactly("order 17");
        }
    }

    @OnEachStore
    void handler_thatCommitsBeforeAConflict_doesNotRunAgain(TestStore store) {
        AtomicInteger runs = new AtomicInteger();
        try (DurableFixture fixture = new DurableFixture(store)) {
            giveUp(fixture, (connection, data, letter, context) -> {
                runs.incrementAndGet();
                fail(connection, data);
                connection.commit();
                throw new SQLException("deadlock", "40001");
            });
            assertThat(letter(fixture).reason()).isEqualTo("attempts exhausted; its handler has failed");
            assertThat(runs).hasValue(1);
            assertThat(failed(fixture)).containsExactly("order 17");
        }
    }

    /** The handler is no effect of the key: a replay makes the effect. */
    @OnEachStore
    void handler_besideRecordsOfKeys_writesNone(TestStore store) {
        AtomicBoolean works = new AtomicBoolean();
        try (DurableFixture fixture = new DurableFixture(store)) {
            IdempotentEffects effects =
                    IdempotentEffects.of(TransactionalIdempotency.of(fixture.dataSource), Scope.of("billing"));
            DurableRetry durable = started(
                    fixture,
                    (connection, data, letter, context) -> fail(connection, data),
                    builder -> builder.effects(effects)
                            .effect(EFFECT, retry("max-attempts=1"), (connection, data, context) -> {
                                if (!works.get()) {
                                    throw new ConnectException("refused");
                                }
                                fail(connection, "effect of " + data);
                            })
                            .onGivenUp(EFFECT, (connection, data, letter, context) -> fail(connection, data)));
            durable.queue().enqueue(EFFECT, "order 17");
            DeadLetter letter = letter(fixture);
            assertThat(failed(fixture)).containsExactly("order 17");
            works.set(true);
            fixture.letters().replay(letter.letterId());
            fixture.awaitEmpty();
            assertThat(failed(fixture)).containsExactly("effect of order 17", "order 17");
        }
    }

    @OnEachStore
    void handler_ofCallsThatAreNotGivenUp_doesNotRun(TestStore store) {
        DurableTask<String> pausing =
                DurableTask.of("pausing", DataCodec.text()).withPause();
        DurableTask<String> unreadable = DurableTask.of("unreadable", DataCodec.of(text -> new byte[0], bytes -> {
            throw new IllegalArgumentException("damaged");
        }));
        AtomicInteger runs = new AtomicInteger();
        ResultHandler<String, DeadLetter> counts = (connection, data, letter, context) -> runs.incrementAndGet();
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = started(
                    fixture,
                    counts,
                    builder -> builder.task(pausing, retry("max-attempts=1"), (data, context) -> {
                                throw new ConnectException("refused");
                            })
                            .onGivenUp(pausing, counts)
                            .task(unreadable, retry("max-attempts=1"), (data, context) -> {})
                            .onGivenUp(unreadable, counts));
            durable.queue().enqueue(pausing, "order 17");
            durable.queue().enqueue(unreadable, "order 17");
            eventually(() -> assertThat(fixture.allLetters()).hasSize(2));
            assertThat(runs).hasValue(0);
        }
    }

    @OnEachStore
    void handler_ofATaskThatWasNotAdded_isRejected(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetryBuilder builder = DurableRetry.builder(fixture.dataSource);
            assertThatThrownBy(() -> builder.onGivenUp(PAYMENT, (connection, data, letter, context) -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "onGivenUp for task 'payment', which was not added to this builder: add the task first, then"
                                    + " one handler with the same DurableTask");
        }
    }
}
