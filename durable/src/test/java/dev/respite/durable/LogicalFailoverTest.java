package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.jdbc.TestPostgresql;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** The server of running instances dies, and another one takes over that has its rows by logical replication, and another clock. */
@EnabledIfSystemProperty(named = TestPostgresql.HOME, matches = ".+", disabledReason = TestPostgresql.SKIPPED)
class LogicalFailoverTest {

    private static final DurableTask<String> EFFECT = DurableTask.of("effect", DataCodec.text());
    private static final List<String> RUNNING = ClockTest.ids(6);
    private static final List<String> BEGUN =
            Stream.concat(RUNNING.stream(), Stream.of("died")).toList();
    private static final List<String> EFFECTS =
            ClockTest.ids(300).stream().sorted().toList();

    /** The time without a database: more than four heartbeats, after which an attempt counts as lost. */
    private static final Duration OUTAGE = ClockTest.HEARTBEAT.multipliedBy(DurableSettings.MISSED_HEARTBEATS + 4);

    private final List<String> begun = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);

    private static TestPostgresql server(int minutesAhead) throws Exception {
        TestPostgresql server = new TestPostgresql(minutesAhead);
        TestStore.POSTGRESQL.createTables(server.dataSource());
        return server;
    }

    private static HikariDataSource pool(DataSource current) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(current);
        pool.setMaximumPoolSize(20);
        // Signs of life and looks for dead attempts go on, and fail, while the database is away.
        pool.setConnectionTimeout(250);
        return pool;
    }

    private DurableRetry start(DataSource pool, int minutesAhead) {
        DurableRetry durable = DurableRetry.builder(pool)
                .time(ClockTest.clock(Duration.ofMinutes(minutesAhead)))
                .threads(8)
                .pollInterval(Duration.ofMillis(20))
                .heartbeat(ClockTest.HEARTBEAT)
                .stopWait(Duration.ofSeconds(5))
                .task(PAYMENT, ClockTest.longLived(), (data, context) -> {
                    begun.add(data);
                    end.await();
                })
                .effect(
                        EFFECT,
                        retry("max-attempts=unlimited base-delay=1ms max-delay=50ms total-timeout=7d budget=off"),
                        (connection, data, context) -> TestStore.book(connection, data))
                .build();
        durable.start();
        return durable;
    }

    /** The clocks of the instances differ too. */
    @ParameterizedTest
    @ValueSource(ints = {0, 10, -10})
    void failover_losesNoCallAndRepeatsNone(int minutesAhead) throws Exception {
        try (TestPostgresql primary = server(0);
                TestPostgresql standby = server(minutesAhead)) {
            standby.follow(primary, "respite_task, respite_task_effect, respite_dead_letter, ledger");
            DelegatingDataSource current = new DelegatingDataSource(primary.dataSource());
            try (HikariDataSource pool = pool(current);
                    DurableRetry first = start(pool, 10);
                    DurableRetry second = start(pool, 0)) {
                RUNNING.forEach(id -> first.queue().enqueue(PAYMENT, id, sequence(id)));
                enqueueLater(second.queue(), "later");
                enqueueLater(second.queue(), "died");
                eventually(() -> assertThat(begun).hasSameSizeAs(RUNNING));
                EFFECTS.forEach(id -> second.queue().enqueue(EFFECT, id));
                eventually(() -> assertThat(TestStore.ledger(current)).hasSizeGreaterThan(50));
                primary.sql()
                        .update("UPDATE respite_task SET picked = TRUE, picked_by = 'dead',"
                                + " last_heartbeat = clock_timestamp() WHERE task_instance = 'died'");

                standby.takeOverFrom(primary);
                await().pollDelay(OUTAGE).until(() -> true);
                current.setTargetDataSource(standby.dataSource());
                try (DurableRetry third = start(standby.dataSource(), minutesAhead)) {
                    // Sequences of the database are not copied.
                    standby.sql().execute("ALTER TABLE respite_task ALTER sequence_position RESTART WITH 1000000");
                    third.queue().enqueue(PAYMENT, "next", sequence(RUNNING.get(0)));
                    assertAllAreMadeOnce(standby);
                }
            }
        }
    }

    private void assertAllAreMadeOnce(TestPostgresql standby) {
        // By a clock that is behind it is not dead yet, and the other calls are not due.
        standby.sql()
                .update("UPDATE respite_task SET last_heartbeat = clock_timestamp() - INTERVAL '1 hour'"
                        + " WHERE picked_by = 'dead'");
        DataSource dataSource = standby.dataSource();
        eventually(() -> {
            standby.sql()
                    .update("UPDATE respite_task SET execution_time = LEAST(execution_time, clock_timestamp())"
                            + " WHERE task_name = 'effect' AND NOT picked");
            assertThat(TestStore.ledger(dataSource)).isEqualTo(EFFECTS);
            assertThat(begun).contains("died");
        });
        assertThat(begun).containsExactlyInAnyOrderElementsOf(BEGUN);
        end.countDown();
        eventually(() -> assertThat(TestStore.strings(dataSource, "SELECT task_instance FROM respite_task"))
                .containsExactly("later"));
        assertThat(begun).hasSize(BEGUN.size() + 1).endsWith("next");
        assertThat(DeadLetters.of(dataSource).list(DeadLetter.Filter.all())).isEmpty();
    }

    /** The running calls are in sequences, in which further calls wait for them. */
    private static EnqueueOptions sequence(String name) {
        return EnqueueOptions.defaults().withSequence(name);
    }

    private static void enqueueLater(TaskQueue queue, String id) {
        queue.enqueue(
                PAYMENT,
                id,
                EnqueueOptions.defaults().withId(id).withNotBefore(Instant.now().plus(Duration.ofHours(1))));
    }
}
