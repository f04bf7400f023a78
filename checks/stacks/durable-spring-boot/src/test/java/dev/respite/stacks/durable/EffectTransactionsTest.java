package dev.respite.stacks.durable;

import static dev.respite.stacks.durable.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.DataCodec;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableTask;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.durable.DurableCalls;
import dev.respite.spring.boot.durable.DurableRetryCustomizer;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Savepoints within the transaction of an effect of an application with JPA, and transactions beside it. */
class EffectTransactionsTest {

    private static final DurableTask<String> SAVEPOINT = DurableTask.of("savepoint", DataCodec.text());
    private static final DurableTask<String> BESIDE = DurableTask.of("beside", DataCodec.text());

    /** An effect that continues after a failed statement, and effects with a log that commits on its own. */
    @Configuration(proxyBeanMethods = false)
    @Import({Shop.class, Log.class})
    static class Effects {

        @Bean
        DurableRetryCustomizer transactions(Retries retries, JdbcTemplate jdbc, Shop.Receipts receipts, Log log) {
            return durable -> durable.effect(SAVEPOINT, retries.get("payments"), (connection, item, context) -> {
                        receipts.write(item);
                        undone(connection);
                        jdbc.update("INSERT INTO booking VALUES (?)", item);
                        if (context.attempt().number() == 1) {
                            throw new ConnectException("after the savepoint");
                        }
                    })
                    .effect(BESIDE, retries.get("payments"), (connection, item, context) -> {
                        jdbc.update("INSERT INTO booking VALUES (?)", item);
                        receipts.write(item);
                        try {
                            log.write(item, true);
                        } catch (IllegalStateException rolledBack) {
                            // It was not the transaction of the effect.
                        }
                        log.write(item, false);
                        if (context.attempt().number() == 1 || item.equals("never")) {
                            throw new ConnectException("after the commit of the log");
                        }
                    });
        }

        private static void undone(Connection connection) throws SQLException {
            Savepoint before = connection.setSavepoint();
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("INSERT INTO booking VALUES ('undone')");
                statement.executeUpdate("INSERT INTO booking VALUES (NULL)");
            } catch (SQLException refused) {
                connection.rollback(before);
            }
        }
    }

    /** Commits beside the effect. */
    static class Log {

        private final JdbcTemplate jdbc;
        private final DurableCalls calls;

        Log(JdbcTemplate jdbc, DurableCalls calls) {
            this.jdbc = jdbc;
            this.calls = calls;
        }

        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public void write(String item, boolean fails) {
            jdbc.update("INSERT INTO orders VALUES (?)", item);
            calls.enqueue(Shop.MAIL, item);
            if (fails) {
                throw new IllegalStateException("the log is full");
            }
        }
    }

    private static TestServer start(Database database) {
        return TestServer.start(database, List.of(), Effects.class);
    }

    @ParameterizedTest
    @EnumSource(Database.class)
    void savepoint_undoesItsStatementsOnlyAndTheEffectHappensOnce(Database database) {
        try (TestServer server = start(database)) {
            server.bean(DurableCalls.class).enqueue(SAVEPOINT, "tea");
            eventually(() -> assertThat(server.count("respite_task")).isZero());

            assertThat(server.count("respite_dead_letter")).isZero();
            assertThat(server.count("booking WHERE item = 'tea'")).isEqualTo(1);
            assertThat(server.count("booking")).isEqualTo(1);
            assertThat(server.count("receipt")).isEqualTo(1);
        }
    }

    /** Two attempts, then five: each has its row of the log, and the effect has one row or none. */
    @ParameterizedTest
    @EnumSource(Database.class)
    void requiresNew_isCommittedByEachAttemptAndTheEffectHappensAtMostOnce(Database database) {
        try (TestServer server = start(database)) {
            server.bean(DurableCalls.class).enqueue(BESIDE, "tea");
            server.bean(DurableCalls.class).enqueue(BESIDE, "never");
            eventually(() -> assertThat(server.count("respite_task")).isZero());

            assertThat(server.count("booking")).isEqualTo(1);
            assertThat(server.count("receipt WHERE item = 'tea'")).isEqualTo(1);
            assertThat(server.count("receipt")).isEqualTo(1);
            assertThat(server.count("orders WHERE item = 'tea'")).isEqualTo(2);
            assertThat(server.count("orders WHERE item = 'never'")).isEqualTo(5);
            assertThat(server.bean(Shop.Mailer.class).sent).hasSize(7);
            assertThat(server.bean(DeadLetters.class).list(DeadLetter.Filter.all()))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.attempts().count()).isEqualTo(5));
        }
    }
}
