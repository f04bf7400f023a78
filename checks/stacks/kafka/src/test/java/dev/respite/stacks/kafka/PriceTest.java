package dev.respite.stacks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.Inbox;
import com.example.Inbox.Result;
import com.example.Received;
import com.example.RecordHandler;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.Retry;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.durable.JacksonData;
import dev.respite.policy.RetryPolicy;
import java.net.ConnectException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Counts the statements of PostgreSQL for each record. The handler adds its own. */
class PriceTest {

    private static final int RECORDS = 100;

    /** Those of transactions and sessions, of the handler and of this test. */
    private static final String UNCOUNTED =
            "^(BEGIN|COMMIT|ROLLBACK|SET|SHOW)|ledger|pg_stat_statements|COUNT\\(\\*\\) FROM respite_task";

    /** Background work makes a statement now and then. */
    private static final Offset<Double> BACKGROUND = Offset.offset(.1);

    private final AtomicBoolean isDown = new AtomicBoolean();
    private long offset;

    @Test
    void everyRecord_hasThePriceOfThePage() throws Exception {
        try (TestDatabase database = TestDatabase.start();
                HikariDataSource pool = pool(database)) {
            DurableTask<Received> task = DurableTask.of("record", JacksonData.of(Received.class));
            RecordHandler handler = (connection, record, key) -> {
                try (PreparedStatement effect =
                        connection.prepareStatement("INSERT INTO ledger (record_key) VALUES ('one')")) {
                    effect.executeUpdate();
                }
                if (isDown.get()) {
                    throw new ConnectException("down");
                }
            };
            try (DurableRetry durable = DurableRetry.builder(pool)
                    .pollInterval(Duration.ofSeconds(1))
                    .effect(
                            task,
                            Retry.of(RetryPolicy.parse("max-attempts=unlimited total-timeout=7d")),
                            (connection, record, context) -> handler.handle(connection, record, context.key()))
                    .build()) {
                Inbox inbox = new Inbox(pool, durable, task, handler);
                accept(inbox, List.of(Result.HANDLED), "warm up");
                assertThat(price(database, () -> accept(inbox, List.of(Result.HANDLED), "key")))
                        .as("handled")
                        .isCloseTo(2, BACKGROUND);
                assertThat(price(database, () -> accept(inbox, List.of(Result.HANDLED), null)))
                        .as("handled without a key")
                        .isCloseTo(1, BACKGROUND);
                isDown.set(true);
                assertThat(price(database, () -> accept(inbox, List.of(Result.ENQUEUED), "failed")))
                        .as("failed, then enqueued")
                        .isCloseTo(4, BACKGROUND);
                assertThat(price(database, () -> accept(inbox, List.of(Result.ENQUEUED), "failed")))
                        .as("enqueued behind another")
                        .isCloseTo(3, BACKGROUND);
                isDown.set(false);
                double run = price(database, () -> {
                            durable.start();
                            await().atMost(Duration.ofMinutes(1)).until(() -> database.count("respite_task") == 0);
                        })
                        / 2;
                System.out.printf("%.1f statements for each call that is run%n", run);
                assertThat(run).isBetween(4.0, 10.0);
            }
        }
    }

    private static HikariDataSource pool(TestDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.url());
        return new HikariDataSource(config);
    }

    private interface Work {
        void run() throws Exception;
    }

    /** The statements that a work needs, for each of its records. */
    private static double price(TestDatabase database, Work work) throws Exception {
        database.run("SELECT pg_stat_statements_reset()");
        work.run();
        return Double.parseDouble(
                        database.rows("SELECT SUM(calls) FROM pg_stat_statements WHERE query !~ '" + UNCOUNTED + "'")
                                .get(0))
                / RECORDS;
    }

    private void accept(Inbox inbox, List<Result> results, String keys) throws SQLException {
        for (int i = 0; i < RECORDS; i++) {
            Received record =
                    new Received("group", "orders", "id", 0, offset++, keys == null ? null : keys + i, "value");
            assertThat(inbox.accept(record)).isIn(results);
        }
    }
}
