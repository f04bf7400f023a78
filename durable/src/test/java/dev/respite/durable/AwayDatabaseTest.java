package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.testsupport.LogLines;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The database is away for seconds while two instances run calls: all connections break, and none can be opened. */
class AwayDatabaseTest {

    private static final DurableTask<String> EFFECT = DurableTask.of("effect", DataCodec.text());
    private static final String ALWAYS =
            "max-attempts=unlimited base-delay=50ms max-delay=1s total-timeout=1h budget=off";
    private static final Duration OUTAGE = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofSeconds(1);

    /** More than there are polls, but fewer than ticks of the picker. */
    private static final int MORE_POLLS = 2;

    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refusedPolls = new AtomicInteger();
    private volatile boolean isAway;

    /** Physical connections, which can be broken. */
    private DataSource connections(DataSource target) {
        return BackgroundWrites.proxy(DataSource.class, (proxy, method, arguments) -> {
            if (isAway && method.getName().equals("getConnection")) {
                throw new SQLException("connection refused", "08001");
            }
            Object result = BackgroundWrites.invoke(target, method, arguments);
            if (result instanceof Connection connection) {
                open.add(connection);
            }
            return result;
        });
    }

    /** Counts the polls of an instance while the database is away. */
    private DataSource counted(DataSource pool) {
        return BackgroundWrites.proxy(DataSource.class, (proxy, method, arguments) -> {
            if (isAway && Thread.currentThread().getName().contains("execute-due")) {
                refusedPolls.incrementAndGet();
            }
            return BackgroundWrites.invoke(pool, method, arguments);
        });
    }

    private void leave() throws SQLException {
        isAway = true;
        for (Connection connection : open) {
            connection.abort(Runnable::run);
        }
        open.clear();
    }

    private DurableRetry start(DataSource connections, List<String> made) {
        DurableRetry durable = DurableRetry.builder(connections)
                .pollInterval(POLL)
                .heartbeat(Duration.ofMillis(250))
                .task(PAYMENT, retry(ALWAYS), (data, context) -> made.add(data))
                .effect(EFFECT, retry(ALWAYS), (connection, data, context) -> TestStore.book(connection, data))
                .build();
        durable.start();
        return durable;
    }

    private static HikariDataSource pool(DataSource connections) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(connections);
        config.setMaximumPoolSize(10);
        // Without a pool a refusal is immediate too.
        config.setConnectionTimeout(250);
        return new HikariDataSource(config);
    }

    @Test
    void calls_afterTheDatabaseWasAwayUnderLoad_goOnAndNoneIsLost() throws SQLException {
        DataSource direct = TestStore.POSTGRESQL.emptied();
        DataSource connections = connections(((HikariDataSource) direct).getDataSource());
        List<String> made = new CopyOnWriteArrayList<>();
        List<String> enqueued = new ArrayList<>();
        try (HikariDataSource pool = pool(connections);
                HikariDataSource other = pool(connections);
                LogLines lines = LogLines.of("dev.respite.durable");
                DurableRetry first = start(counted(pool), made);
                DurableRetry second = start(counted(other), made)) {
            enqueue(direct, enqueued, 500);
            eventually(() -> assertThat(made).hasSizeGreaterThan(50));
            leave();
            long leftAt = System.nanoTime();
            // They stay due, so the instances look for them.
            enqueue(direct, enqueued, 200);
            await().during(OUTAGE).atMost(OUTAGE.multipliedBy(10)).until(() -> isAway);
            long polls = (System.nanoTime() - leftAt) / POLL.toNanos();
            int refused = refusedPolls.get();
            isAway = false;
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(TestStore.tasks(direct)).isZero());
            assertThat(made).containsAll(enqueued);
            assertThat(TestStore.ledger(direct)).containsExactlyInAnyOrderElementsOf(enqueued);
            assertThat(DeadLetters.of(direct).list(DeadLetter.Filter.all())).isEmpty();
            assertThat(refused).as("polls in the outage").isBetween(1, (int) (2 * (polls + MORE_POLLS)));
            assertThat(lines.all().stream().filter(line -> line.startsWith("calls could not be picked")))
                    .as("one of each instance")
                    .hasSizeBetween(1, 2);
            assertThat(lines.all()).as("lines of all kinds").hasSizeLessThan(40);
            eventually(() -> assertThat(pool.getHikariPoolMXBean().getActiveConnections()
                            + other.getHikariPoolMXBean().getActiveConnections())
                    .isZero());
        }
    }

    /** By other connections. */
    private static void enqueue(DataSource direct, List<String> enqueued, int calls) {
        List<String> data = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            data.add(String.valueOf(enqueued.size() + i));
        }
        enqueued.addAll(data);
        TaskQueue queue = TaskQueue.of(direct);
        queue.enqueueAll(PAYMENT, data, EnqueueOptions.defaults());
        queue.enqueueAll(EFFECT, data, EnqueueOptions.defaults());
    }
}
