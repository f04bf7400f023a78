package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.awaitLatch;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.idempotency.IdempotentEffects;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Handlers that end their own transaction. Their effect takes place at most once, and the call is a dead letter. */
class HandlerTransactionTest {

    private static final String SOON = "max-attempts=5 base-delay=1ms max-delay=5ms budget=off";
    private static final String ENDED = "transaction ended by the handler";

    /** The ways in which a handler ends its transaction. */
    private enum Way {
        COMMITS(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                TestStore.book(connection, entry);
                connection.commit();
            }
        },
        COMMITS_AND_FAILS(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                TestStore.book(connection, entry);
                connection.commit();
                throw new ConnectException("after the commit");
            }
        },
        COMMITS_BY_A_STATEMENT(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                TestStore.book(connection, entry);
                execute(connection, "COMMIT");
            }
        },
        COMMITS_AND_FAILS_IN_THE_NEXT_TRANSACTION(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                TestStore.book(connection, entry);
                execute(connection, "COMMIT");
                TestStore.book(connection, "rolled back");
                execute(connection, "SELECT 1 FROM no_such_table");
            }
        },
        COMMITS_AND_THROWS_A_DEADLOCK(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                TestStore.book(connection, entry);
                connection.commit();
                connection.rollback();
                throw new SQLException("deadlock", "40001", 1213);
            }
        },
        ROLLS_BACK(0) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                TestStore.book(connection, entry);
                connection.rollback();
            }
        },
        ROLLS_BACK_BY_A_STATEMENT(0) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                TestStore.book(connection, entry);
                execute(connection, "ROLLBACK");
            }
        },
        ROLLS_BACK_AND_COMMITS_AND_FAILS(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                connection.rollback();
                TestStore.book(connection, entry);
                connection.commit();
                throw new ConnectException("after the commit");
            }
        },
        ROLLS_BACK_AND_COMMITS_AND_FAILS_BY_A_STATEMENT(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                connection.rollback();
                TestStore.book(connection, entry);
                connection.commit();
                execute(connection, "SELECT 1 FROM no_such_table");
            }
        },
        /** On MariaDB and H2 it looks like a deadlock that the database has rolled back. */
        ROLLS_BACK_AND_COMMITS_AND_THROWS_A_DEADLOCK(1) {
            @Override
            boolean isNoticed(TestStore store) {
                return store == TestStore.POSTGRESQL;
            }

            @Override
            void run(Connection connection, String entry) throws Exception {
                connection.rollback();
                TestStore.book(connection, entry);
                connection.commit();
                throw new SQLException("deadlock", "40001", 1213);
            }
        },
        SWITCHES_AUTO_COMMIT(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                connection.setAutoCommit(true);
                TestStore.book(connection, entry);
            }
        },
        SWITCHES_AUTO_COMMIT_AND_BACK(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                TestStore.book(connection, entry);
                connection.setAutoCommit(true);
                connection.setAutoCommit(false);
            }
        },
        SWITCHES_AUTO_COMMIT_AND_FAILS(1) {
            @Override
            void run(Connection connection, String entry) throws Exception {
                connection.setAutoCommit(true);
                TestStore.book(connection, entry);
                throw new ConnectException("after the effect");
            }
        };

        private final int effects;

        Way(int effects) {
            this.effects = effects;
        }

        abstract void run(Connection connection, String entry) throws Exception;

        boolean isNoticed(TestStore store) {
            return true;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static Stream<Arguments> eachWay() {
        return TestStore.each().stream()
                .flatMap(store -> Stream.of(Way.values())
                        .filter(way -> way.isNoticed(store))
                        .map(way -> Arguments.of(store, way)));
    }

    private static void assertEnded(DurableFixture fixture, int effects) {
        eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
        DeadLetter letter = fixture.allLetters().get(0);
        assertThat(letter.reason()).isEqualTo(ENDED);
        assertThat(letter.state()).isEqualTo(DeadLetter.State.DEAD);
        assertThat(letter.attempts().lastError()).contains("the handler has ended its own transaction");
        assertThat(TestStore.ledger(fixture.dataSource)).hasSize(effects);
        assertThat(TestStore.tasks(fixture.dataSource)).isZero();
        assertThat(marks(fixture)).isEmpty();
    }

    private static List<String> marks(DurableFixture fixture) {
        return TestStore.strings(fixture.dataSource, "SELECT task_instance FROM respite_task_effect");
    }

    @ParameterizedTest
    @MethodSource("eachWay")
    void handler_thatEndsItsTransaction_isADeadLetter(TestStore store, Way way) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableTask<String> task = PAYMENT.withPause();
            DurableRetry durable = fixture.start(b -> b.effect(task, retry(SOON), (connection, data, context) -> {
                fixture.attempts.add(context);
                way.run(connection, data);
            }));
            durable.queue().enqueue(task, "order 17");
            assertEnded(fixture, way.effects);
            assertThat(fixture.attempts).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("eachWay")
    void handler_withARecordOfItsKey_thatEndsItsTransaction_hasItsEffectOnce(TestStore store, Way way) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            IdempotentEffects effects =
                    IdempotentEffects.of(TransactionalIdempotency.of(fixture.dataSource), Scope.of("billing"));
            DurableRetry durable =
                    fixture.start(b -> b.effects(effects).effect(PAYMENT, retry(SOON), (c, data, context) -> {
                        // Behind the guarded connection.
                        way.run(c.unwrap(Connection.class), data);
                    }));
            durable.queue().enqueue(PAYMENT, "order 17");
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(TestStore.ledger(fixture.dataSource)).hasSize(way.effects);
            assertThat(TestStore.tasks(fixture.dataSource)).isZero();
            assertThat(marks(fixture)).isEmpty();
        }
    }

    /** An instance that closes interrupts its handlers. */
    @OnEachStore
    void interrupt_ofAHandlerThatCommits_isKeptForItsRunner(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            List<Boolean> interrupts = new CopyOnWriteArrayList<>();
            EffectRunner local = EffectRunner.of(fixture.dataSource);
            EffectRunner watching = (context, stored, effect) -> local.run(context, stored, connection -> {
                try {
                    effect.run(connection);
                } finally {
                    interrupts.add(Thread.interrupted());
                }
            });
            DurableRetry durable =
                    fixture.start(b -> b.effects(watching).effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                        TestStore.book(connection, data);
                        connection.commit();
                        Thread.currentThread().interrupt();
                        throw new ConnectException("after the commit");
                    }));
            durable.queue().enqueue(PAYMENT, "order 17");
            assertEnded(fixture, 1);
            assertThat(interrupts).containsExactly(true);
        }
    }

    /** As one that is killed or loses its connection after it has committed: no attempt of its own ends. */
    @OnEachStore
    void handler_thatCommitsAndIsTakenOver_isNotRunAgain(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CountDownLatch paused = new CountDownLatch(1);
            CountDownLatch goesOn = new CountDownLatch(1);
            DurableRetry slow = fixture.start(b -> b.threads(1)
                    .heartbeat(Duration.ofHours(1))
                    .effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                        TestStore.book(connection, data);
                        connection.commit();
                        paused.countDown();
                        goesOn.await();
                    }));
            slow.queue().enqueue(PAYMENT, "order 17");
            awaitLatch(paused);
            fixture.start(b -> b.heartbeat(Duration.ofMillis(100)).effect(PAYMENT, retry(SOON), (c, data, context) -> {
                fixture.attempts.add(context);
                TestStore.book(c, data);
            }));
            assertEnded(fixture, 1);
            goesOn.countDown();
            slow.close();
            assertThat(fixture.attempts).isEmpty();
            assertThat(fixture.allLetters()).hasSize(1);
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
        }
    }

    /** The handler commits the result of an external step, and fails. */
    @OnEachStore
    void resultHandler_thatCommits_isADeadLetter(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(
                    b -> b.call(PAYMENT, retry(SOON), (data, context) -> data, (connection, data, result, context) -> {
                        TestStore.book(connection, result);
                        connection.commit();
                        throw new ConnectException("after the commit");
                    }));
            durable.queue().enqueue(PAYMENT, "order 17");
            assertEnded(fixture, 1);
        }
    }

    @OnEachStore
    void replay_ofAHandlerThatCommitted_beginsAnew(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            List<String> failures = new ArrayList<>(List.of("first", "second"));
            DurableRetry durable = fixture.start(b -> b.effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                TestStore.book(connection, data);
                if (!failures.isEmpty() && failures.remove(0).equals("first")) {
                    connection.commit();
                }
                if (!failures.isEmpty()) {
                    throw new ConnectException("planned");
                }
            }));
            durable.queue().enqueue(PAYMENT, "order 17");
            assertEnded(fixture, 1);
            fixture.letters().replay(fixture.allLetters().get(0).letterId());
            fixture.awaitEmpty();
            assertThat(fixture.allLetters()).isEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17", "order 17");
            assertThat(marks(fixture)).isEmpty();
        }
    }

    /** MariaDB and H2 roll back the transaction of a deadlock. */
    @OnEachStore
    void deadlock_thatIsThrown_isRetried(TestStore store) throws Exception {
        deadlocked(store, handler -> handler, fixture -> {
            fixture.awaitEmpty();
            assertThat(fixture.allLetters()).isEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("a", "b");
        });
    }

    /** PostgreSQL commits nothing after it, and the attempt is repeated. */
    @OnEachStore
    void deadlock_thatIsIgnored_isADeadLetterOrRetried(TestStore store) throws Exception {
        UnaryOperator<EffectHandler<String>> ignoring = handler -> (connection, data, context) -> {
            try {
                handler.run(connection, data, context);
            } catch (SQLException deadlock) {
                // Ignored.
            }
        };
        deadlocked(store, ignoring, fixture -> {
            fixture.awaitEmpty();
            if (store == TestStore.POSTGRESQL) {
                assertThat(fixture.allLetters()).isEmpty();
                assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("a", "b");
            } else {
                assertThat(fixture.allLetters()).extracting(DeadLetter::reason).containsExactly(ENDED);
                assertThat(TestStore.ledger(fixture.dataSource)).hasSize(1);
            }
        });
    }

    @FunctionalInterface
    private interface Check {
        void run(DurableFixture fixture);
    }

    /** Two effects lock two rows in opposite order, in their first attempt. */
    private static void deadlocked(TestStore store, UnaryOperator<EffectHandler<String>> around, Check check) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TestStore.run(fixture.dataSource, "DELETE FROM ledger");
            TestStore.run(fixture.dataSource, "DROP TABLE IF EXISTS locked");
            TestStore.run(fixture.dataSource, "CREATE TABLE locked (id integer PRIMARY KEY, n integer)");
            TestStore.run(fixture.dataSource, "INSERT INTO locked VALUES (1, 0), (2, 0)");
            CountDownLatch both = new CountDownLatch(2);
            EffectHandler<String> handler = (connection, data, context) -> {
                TestStore.book(connection, data);
                boolean isA = data.equals("a");
                execute(connection, "UPDATE locked SET n = n + 1 WHERE id = " + (isA ? 1 : 2));
                both.countDown();
                both.await();
                execute(connection, "UPDATE locked SET n = n + 1 WHERE id = " + (isA ? 2 : 1));
            };
            DurableRetry durable = fixture.start(b -> b.effect(PAYMENT, retry(SOON), around.apply(handler)));
            durable.queue().enqueue(PAYMENT, "a");
            durable.queue().enqueue(PAYMENT, "b");
            check.run(fixture);
        }
    }

    @OnEachStore
    void failedStatement_thatIsIgnored_isRetriedWhereItEndsTheTransaction(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                fixture.attempts.add(context);
                TestStore.book(connection, data);
                if (context.attempt().number() == 1) {
                    try {
                        execute(connection, "SELECT 1 FROM no_such_table");
                    } catch (SQLException ignored) {
                        // As a handler that looks for a table.
                    }
                }
            }));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitEmpty();
            assertThat(fixture.allLetters()).isEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
            assertThat(fixture.attempts).hasSize(store == TestStore.POSTGRESQL ? 2 : 1);
        }
    }
}
