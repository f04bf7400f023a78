package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.testsupport.LogLines;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Pools that effects can use up. */
class PoolSizeTest {

    private static final Duration HEARTBEAT = Duration.ofMillis(100);
    private static final String SOON = "max-attempts=9 base-delay=1ms max-delay=5ms budget=off";

    private static HikariDataSource pool(DataSource shared, int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(((HikariDataSource) shared).getDataSource());
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    /** Eight heartbeats find no connection. Before, each attempt was counted as lost by its own instance. */
    @OnEachStore
    void attempts_whoseHeartbeatsFindNoConnection_areNotLostForTheirOwnInstance(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store);
                HikariDataSource pool = pool(fixture.dataSource, 2)) {
            AtomicInteger attempts = new AtomicInteger();
            CountDownLatch never = new CountDownLatch(1);
            DurableRetry durable = fixture.start(DurableRetry.builder(pool)
                    .time(fixture.time)
                    .threads(2)
                    .pollInterval(Duration.ofMillis(20))
                    .heartbeat(HEARTBEAT)
                    .effect(PAYMENT, retry(SOON), (connection, data, context) -> {
                        attempts.incrementAndGet();
                        TestStore.book(connection, data);
                        assertThat(never.await(HEARTBEAT.multipliedBy(8).toMillis(), TimeUnit.MILLISECONDS))
                                .isFalse();
                    })
                    .build());
            for (int i = 0; i < 6; i++) {
                TaskQueue.of(fixture.dataSource).enqueue(PAYMENT, "order " + i);
            }
            fixture.awaitEmpty();
            assertThat(TestStore.ledger(fixture.dataSource)).hasSize(6);
            assertThat(attempts).as("attempts of 6 effects").hasValue(6);
            durable.close();
        }
    }

    @Test
    void build_withAPoolThatEffectsCanUseUp_warns() {
        DataSource shared = TestStore.H2.emptied();
        assertThat(warnings(shared, 4, true))
                .isEqualTo(
                        "the pool has 4 connections, and effects on 4 threads can hold all of them: heartbeats and picks"
                                + " wait then, and other instances may take over calls that run. Give the pool 7, or set fewer"
                                + " threads");
        assertThat(warnings(shared, 5, true)).isEmpty();
        assertThat(warnings(shared, 4, false)).isEmpty();
    }

    private static String warnings(DataSource shared, int size, boolean hasEffect) {
        try (HikariDataSource pool = pool(shared, size);
                LogLines lines = LogLines.of("dev.respite.durable")) {
            DurableRetryBuilder builder = DurableRetry.builder(pool).threads(4);
            if (hasEffect) {
                builder.effect(PAYMENT, retry("max-attempts=1"), (connection, data, context) -> {});
            } else {
                builder.task(PAYMENT, retry("max-attempts=1"), (data, context) -> {});
            }
            builder.build().close();
            return String.join("", lines.all());
        }
    }
}
