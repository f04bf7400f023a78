package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.LogLines;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Calls whose handler has committed by itself, and whose instance was killed then. Another instance or an operator moves them to the
 * dead letters, which keep the fact that a mark in the database has shown until then.
 */
class MovedMarkTest {

    private static final String ONCE = "max-attempts=1 budget=off";
    private static final String FAILED = "; its handler has failed";
    private static final String ENDED = "transaction ended by the handler";

    /** The ways in which a call becomes a dead letter that is not given up by the instance that has its handler. */
    private enum Way {
        PARKED_WITH_UNREADABLE_DATA(DeadLetter.State.PARKED, "unreadable data") {
            @Override
            void move(DurableFixture fixture) {
                DurableTask<String> older = DurableTask.of(PAYMENT.name(), DataCodec.of(text -> new byte[0], bytes -> {
                    throw new IllegalArgumentException("not known yet");
                }));
                fixture.start(b -> b.task(older, retry(ONCE), (data, context) -> {}));
            }
        },
        PARKED_AS_UNKNOWN(DeadLetter.State.PARKED, "unknown task") {
            @Override
            void move(DurableFixture fixture) {
                DurableTask<String> other = DurableTask.of("other", DataCodec.text());
                fixture.start(b -> b.heartbeat(Duration.ofMillis(100))
                        .parkUnknownTasksAfter(Duration.ofMillis(400))
                        .task(other, retry(ONCE), (data, context) -> {}));
            }
        },
        CANCELLED(DeadLetter.State.CANCELLED, "cancelled") {
            @Override
            void move(DurableFixture fixture) {
                assertThat(PendingCalls.of(fixture.dataSource).cancel(PAYMENT.name(), "17"))
                        .isEqualTo(PendingCalls.Change.CHANGED);
            }
        },
        PAUSED(DeadLetter.State.PAUSED, "attempts exhausted") {
            @Override
            void move(DurableFixture fixture) {
                DurableTask<String> pausing = PAYMENT.withPause();
                fixture.start(b -> b.task(pausing, retry(ONCE), MovedMarkTest::refuse)
                        .onGivenUp(pausing, (connection, data, letter, context) -> {
                            throw new AssertionError("a call that is paused has no handler");
                        }));
            }
        },
        GIVEN_UP_WITHOUT_A_HANDLER(DeadLetter.State.DEAD, "attempts exhausted") {
            @Override
            void move(DurableFixture fixture) {
                fixture.start(b -> b.task(PAYMENT, retry(ONCE), MovedMarkTest::refuse));
            }
        };

        private final DeadLetter.State state;
        private final String reason;

        Way(DeadLetter.State state, String reason) {
            this.state = state;
            this.reason = reason;
        }

        /** Has the call of the fixture moved to the dead letters. */
        abstract void move(DurableFixture fixture);
    }

    static Stream<Arguments> eachWay() {
        return TestStore.each().stream()
                .flatMap(store -> Stream.of(Way.values()).map(way -> Arguments.of(store, way)));
    }

    private static void refuse(String data, DurableContext context) throws ConnectException {
        throw new ConnectException("refused");
    }

    /** Commits, as a handler must not, and loses the row of its call, as to an instance that has noticed its death. */
    private static void commitAndDie(DurableFixture fixture, Connection connection, String entry) throws SQLException {
        TestStore.book(connection, entry);
        connection.commit();
        TestStore.run(
                fixture.dataSource,
                "UPDATE respite_task SET version = version + 1, picked = FALSE, picked_by = NULL, last_heartbeat = NULL,"
                        + " execution_time = '2100-01-01 00:00:00'");
    }

    /** Starts an instance, which commits an entry for its call and is gone. */
    private static void runUntilCommitted(DurableFixture fixture, Consumer<DurableRetryBuilder> task) {
        DurableRetry killed = fixture.start(task);
        killed.queue().enqueue(PAYMENT, "order 17", EnqueueOptions.defaults().withId("17"));
        eventually(() -> assertThat(TestStore.strings(
                        fixture.dataSource,
                        "SELECT task_instance FROM respite_task WHERE execution_time > '2099-01-01 00:00:00'"))
                .hasSize(1));
        killed.close();
        assertThat(fixture.allLetters()).isEmpty();
        assertThat(marks(fixture)).hasSize(1);
        TestStore.run(fixture.dataSource, "UPDATE respite_task SET execution_time = '2020-01-01 00:00:00'");
    }

    private static void runUntilHandlerCommitted(DurableFixture fixture) {
        runUntilCommitted(
                fixture,
                b -> b.task(PAYMENT, retry(ONCE), MovedMarkTest::refuse)
                        .onGivenUp(
                                PAYMENT,
                                (connection, data, letter, context) ->
                                        commitAndDie(fixture, connection, letter.letterId())));
    }

    private static List<String> marks(DurableFixture fixture) {
        return TestStore.strings(fixture.dataSource, "SELECT task_instance FROM respite_task_effect");
    }

    private static DeadLetter letter(DurableFixture fixture) {
        eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
        assertThat(TestStore.tasks(fixture.dataSource)).isZero();
        return fixture.allLetters().get(0);
    }

    /** Runs the calls with a handler that leaves its transaction to Respite. */
    private static DurableRetry startNewest(DurableFixture fixture) {
        return fixture.start(b -> b.task(PAYMENT, retry(ONCE), MovedMarkTest::refuse)
                .onGivenUp(
                        PAYMENT, (connection, data, letter, context) -> TestStore.book(connection, letter.letterId())));
    }

    @ParameterizedTest
    @MethodSource("eachWay")
    void handlerOfAGivenUpCall_thatHasCommitted_isKeptAndNotRunAgain(TestStore store, Way way) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store);
                LogLines lines = LogLines.of("dev.respite.durable")) {
            runUntilHandlerCommitted(fixture);
            way.move(fixture);
            DeadLetter moved = letter(fixture);
            assertThat(moved.state()).isEqualTo(way.state);
            assertThat(moved.reason()).isEqualTo(way.reason + FAILED);
            assertThat(moved.attempts().lastError())
                    .contains("; the handler: ")
                    .contains("the handler has ended its own transaction");
            if (way != Way.CANCELLED) {
                eventually(() -> assertThat(lines.all())
                        .anyMatch(line -> line.contains(moved.letterId() + "': " + moved.reason())));
            }
            assertThat(marks(fixture)).isEmpty();
            fixture.close();

            DurableRetry newest = startNewest(fixture);
            assertThat(fixture.letters().replay(moved.letterId())).isTrue();
            DeadLetter givenUp = letter(fixture);
            assertThat(marks(fixture)).isEmpty();
            // An operator who replays a call that was given up wants all of it once more.
            boolean isAnew = way == Way.GIVEN_UP_WITHOUT_A_HANDLER;
            assertThat(TestStore.ledger(fixture.dataSource)).hasSize(isAnew ? 2 : 1);
            assertThat(givenUp.reason()).isEqualTo("attempts exhausted" + (isAnew ? "" : FAILED));
            assertThat(newest.runGivenUpHandler(givenUp.letterId())).isEqualTo(!isAnew);

            assertThat(TestStore.ledger(fixture.dataSource)).hasSize(2).contains(givenUp.letterId());
            fixture.letters().replay(givenUp.letterId());
            eventually(() -> assertThat(TestStore.ledger(fixture.dataSource)).hasSize(3));
            assertThat(letter(fixture).reason()).as("the next one is another").isEqualTo("attempts exhausted");
        }
    }

    /** Before a replay the operator can have the handler run. */
    @OnEachStore
    void handlerOfAParkedCall_runsAgainOnDemand(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            runUntilHandlerCommitted(fixture);
            Way.PARKED_WITH_UNREADABLE_DATA.move(fixture);
            String letterId = letter(fixture).letterId();
            fixture.close();
            assertThat(startNewest(fixture).runGivenUpHandler(letterId)).isTrue();
            assertThat(letter(fixture).reason()).isEqualTo("unreadable data");
            assertThat(TestStore.ledger(fixture.dataSource)).hasSize(2).contains(letterId);
            fixture.letters().replay(letterId);
            eventually(() -> assertThat(TestStore.ledger(fixture.dataSource)).hasSize(3));
            assertThat(letter(fixture).reason()).isEqualTo("attempts exhausted");
        }
    }

    @ParameterizedTest
    @MethodSource("eachWay")
    void effect_thatHasCommitted_isKept(TestStore store, Way way) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            runUntilCommitted(
                    fixture,
                    b -> b.effect(
                            PAYMENT,
                            retry(ONCE),
                            (connection, data, context) -> commitAndDie(fixture, connection, data)));
            way.move(fixture);
            DeadLetter moved = letter(fixture);
            assertThat(moved.reason()).startsWith(way.reason + "; " + ENDED);
            assertThat(moved.attempts().lastError()).contains("part of its effect may be committed");
            assertThat(marks(fixture)).isEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
        }
    }

    /** The lost attempt is the last one that the policy has. A task that pauses would make the effect again. */
    @OnEachStore
    void effect_thatHasCommittedInItsLastAttempt_isNotResumed(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableTask<String> pausing = PAYMENT.withPause();
            runUntilCommitted(
                    fixture,
                    b -> b.effect(
                            PAYMENT,
                            retry(ONCE),
                            (connection, data, context) -> commitAndDie(fixture, connection, data)));
            TestStore.run(
                    fixture.dataSource,
                    "UPDATE respite_task SET picked = TRUE, picked_by = 'killed', last_heartbeat = '2020-01-01 00:00:00'");
            fixture.start(b -> b.heartbeat(Duration.ofMillis(100))
                    .effect(pausing, retry(ONCE), (connection, data, context) -> TestStore.book(connection, "again"))
                    .onGivenUp(
                            pausing,
                            (connection, data, letter, context) ->
                                    TestStore.book(connection, "reported: " + letter.reason())));
            DeadLetter letter = letter(fixture);
            assertThat(letter.state()).isEqualTo(DeadLetter.State.DEAD);
            assertThat(letter.reason()).isEqualTo("attempts exhausted; " + ENDED);
            assertThat(fixture.letters().resume(PAYMENT.name()).changed()).isEmpty();
            assertThat(TestStore.ledger(fixture.dataSource))
                    .containsExactly("order 17", "reported: attempts exhausted; " + ENDED);
            assertThat(marks(fixture)).isEmpty();
        }
    }
}
