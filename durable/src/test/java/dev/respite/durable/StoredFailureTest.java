package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static dev.respite.testsupport.ForeignFailures.foreign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.Outcome;
import dev.respite.testsupport.LogLines;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The texts of failures in dead letters and logs. */
class StoredFailureTest {

    private static final String EMAIL = "alice@example.com";
    private static final String CARD = "4111 1111 1111 1111";

    private record Payment(String card) {}

    private static Retry publishing(List<Throwable> published) {
        return retry("max-attempts=1").withListener(event -> {
            if (event instanceof RetryEvent.CallEnded ended && ended.outcome() instanceof Outcome.Failure<?> failure) {
                published.add(failure.error());
            }
        });
    }

    @OnEachStore
    void violation_whoseMessageHasAnEmail_isStoredAndLoggedByItsSqlState(TestStore store) {
        List<Throwable> published = new CopyOnWriteArrayList<>();
        Retry retry = publishing(published);
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        try (DurableFixture fixture = new DurableFixture(store);
                LogLines lines = LogLines.of("dev.respite.durable")) {
            TestStore.run(fixture.dataSource, "CREATE UNIQUE INDEX ledger_entry ON ledger (entry)");
            TestStore.run(fixture.dataSource, "INSERT INTO ledger VALUES ('" + EMAIL + "')");
            DurableRetry durable = fixture.start(b -> b.effect(PAYMENT, retry, (connection, data, context) -> {
                try {
                    TestStore.book(connection, data);
                } catch (SQLException violation) {
                    thrown.add(violation);
                    throw violation;
                }
            }));
            durable.queue().enqueue(PAYMENT, EMAIL);
            eventually(() -> assertThat(lines.all()).anyMatch(line -> line.contains("is dead letter")));
            String state = store == TestStore.MARIADB ? "SQLState 23000" : "SQLState 23505";
            String error = fixture.allLetters().get(0).attempts().lastError();
            assertThat(error)
                    .contains(thrown.get(0).getClass().getName() + " (" + state)
                    .doesNotContain(EMAIL);
            assertThat(lines.all())
                    .filteredOn(line -> line.contains("is dead letter"))
                    .singleElement()
                    .asString()
                    .contains(state)
                    .endsWith("; messages: -Drespite.failure-messages=true");
            assertThat(lines.all()).noneMatch(line -> line.contains(EMAIL));
            assertThat(published).singleElement().isSameAs(thrown.get(0));
            assertThat(published.get(0)).hasMessageContaining(EMAIL);
        } finally {
            TestStore.run(
                    store.emptied(), "DROP INDEX ledger_entry" + (store == TestStore.MARIADB ? " ON ledger" : ""));
        }
    }

    /** A mark of an effect that is ended by its handler has the failure of the attempt in its text. */
    @OnEachStore
    void failureAfterACommitOfTheHandler_isStoredByItsClassAndPublished(TestStore store) {
        List<Throwable> published = new CopyOnWriteArrayList<>();
        Exception thrown = foreign(new SQLIntegrityConstraintViolationException(EMAIL, "23505"));
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable =
                    fixture.start(b -> b.effect(PAYMENT, publishing(published), (connection, data, context) -> {
                        try (var statement = connection.createStatement()) {
                            statement.execute("COMMIT");
                        }
                        throw thrown;
                    }));
            durable.queue().enqueue(PAYMENT, "order 17");
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(fixture.allLetters().get(0).attempts().lastError())
                    .contains("23505")
                    .doesNotContain(EMAIL);
            assertThat(published)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure.getSuppressed()).containsExactly(thrown));
        }
    }

    /** The error is in the row of the call until the next attempt. */
    @Test
    void recordInAMessage_isNeitherInTheRowNorInTheDeadLetter() {
        Payment payment = new Payment(CARD);
        try (DurableFixture fixture = new DurableFixture(TestStore.H2)) {
            Retry retry = retry("max-attempts=2 backoff=fixed base-delay=1h jitter=none total-timeout=off budget=off");
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry, (data, context) -> {
                fixture.attempts.add(context);
                throw foreign(new ConnectException("refused: " + payment));
            }));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitAttempts(1);
            fixture.awaitIdle();
            assertThat(TestStore.strings(fixture.dataSource, "SELECT UTF8TOSTRING(task_data) FROM respite_task"))
                    .singleElement()
                    .asString()
                    .contains("java.net.ConnectException")
                    .doesNotContain(CARD);
            fixture.time.leap(Duration.ofHours(1));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(fixture.allLetters().get(0).attempts().lastError()).isEqualTo("java.net.ConnectException");
        }
    }

    @Test
    void dataThatItsCodecRejects_isNotInTheDeadLetter() {
        DataCodec<Integer> numbers = DataCodec.of(
                number -> String.valueOf(number).getBytes(StandardCharsets.UTF_8),
                bytes -> Integer.parseInt(new String(bytes, StandardCharsets.UTF_8)));
        try (DurableFixture fixture = new DurableFixture(TestStore.H2)) {
            TaskQueue.of(fixture.dataSource).enqueue(PAYMENT, CARD);
            fixture.start(
                    b -> b.task(DurableTask.of("payment", numbers), retry("max-attempts=1"), (data, context) -> {}));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(fixture.allLetters().get(0).attempts().lastError())
                    .contains("cannot be read: java.lang.NumberFormatException")
                    .doesNotContain(CARD);
        }
    }

    @Test
    void databaseAway_atTheStart_isRejectedWithoutThePasswordOfItsUrl() {
        HikariDataSource away = new HikariDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                throw new SQLException("refused: jdbc:postgresql://shop:hunter2@db/shop?password=hunter3", "08001");
            }
        };
        assertThatThrownBy(() -> TaskQueue.of(away))
                .isInstanceOf(StoreException.class)
                .hasMessage("the database could not be reached: refused: jdbc:postgresql://***@db/shop?password=***");
    }
}
