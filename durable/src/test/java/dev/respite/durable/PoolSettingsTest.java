package dev.respite.durable;

import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Durable calls with the settings that the pool of an application may have. */
class PoolSettingsTest {

    private static final DurableTask<String> FAILING = DurableTask.of("failing", DataCodec.text());
    private static final DurableTask<String> BOOKING = DurableTask.of("booking", DataCodec.text());
    private static final DurableTask<String> SENDING = DurableTask.of("sending", DataCodec.text());

    /** The settings with which calls run. */
    enum Setting {
        AUTO_COMMIT_OFF(pool -> pool.setAutoCommit(false)),
        READ_COMMITTED(pool -> pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED")),
        REPEATABLE_READ(pool -> pool.setTransactionIsolation("TRANSACTION_REPEATABLE_READ")),
        SERIALIZABLE(pool -> pool.setTransactionIsolation("TRANSACTION_SERIALIZABLE")),
        SERIALIZABLE_AND_AUTO_COMMIT_OFF(pool -> {
            pool.setAutoCommit(false);
            pool.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        });

        private final Consumer<HikariConfig> change;

        Setting(Consumer<HikariConfig> change) {
            this.change = change;
        }
    }

    static Stream<Arguments> cells() {
        return TestStore.each().stream()
                .flatMap(store -> Stream.of(Setting.values())
                        .flatMap(setting -> Stream.of(1, 8).map(size -> Arguments.of(store, setting, size))));
    }

    private static HikariDataSource pool(DataSource dataSource, int size, Consumer<HikariConfig> change) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource);
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(20_000);
        change.accept(config);
        return new HikariDataSource(config);
    }

    private static DurableRetryBuilder builder(DataSource pool) {
        return DurableRetry.builder(pool).threads(4).pollInterval(Duration.ofMillis(20));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void calls_withEachSetting_areCountedAndEndOnce(TestStore store, Setting setting, int size) throws SQLException {
        DataSource outside = store.emptied();
        List<String> failed = new CopyOnWriteArrayList<>();
        List<String> sent = new CopyOnWriteArrayList<>();
        try (HikariDataSource pool = pool(outside, size, setting.change)) {
            try (DurableRetry durable = builder(pool)
                    .task(FAILING, retry("max-attempts=3 base-delay=10ms budget=off"), (data, context) -> {
                        failed.add(data + " " + context.attempt().number());
                        throw new ConnectException("refused");
                    })
                    .effect(
                            BOOKING,
                            retry("max-attempts=9 base-delay=10ms budget=off"),
                            (connection, data, context) -> TestStore.book(connection, data))
                    .task(SENDING, retry("max-attempts=9"), (data, context) -> sent.add(data))
                    .build()) {
                durable.start();
                durable.queue().enqueue(FAILING, "a");
                durable.queue().enqueueAll(BOOKING, List.of("1", "2", "3"), EnqueueOptions.defaults());
                EnqueueOptions order = EnqueueOptions.defaults().withSequence("order 17");
                durable.queue().enqueueAll(SENDING, List.of("first", "second", "third"), order);
                eventually(() -> assertThat(TestStore.tasks(outside)).isZero());
                assertThat(durable.stats().deadLetters(DeadLetter.State.DEAD)).isEqualTo(1);
            }
            assertThat(failed).containsExactly("a 1", "a 2", "a 3");
            assertThat(sent).containsExactly("first", "second", "third");
            assertThat(TestStore.ledger(outside)).containsExactly("1", "2", "3");
            assertThat(DeadLetters.of(pool).list(DeadLetter.Filter.all()))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.attempts().count()).isEqualTo(3));
            assertUnchanged(pool, setting, size);
        }
    }

    /** The pool has closed its own checks: each connection is as it was configured, and in no transaction. */
    private static void assertUnchanged(HikariDataSource pool, Setting setting, int size) throws SQLException {
        HikariConfig expected = new HikariConfig();
        setting.change.accept(expected);
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < size; i++) {
                Connection connection = pool.getConnection();
                all.add(connection);
                assertThat(connection.getAutoCommit()).isEqualTo(expected.isAutoCommit());
                if (expected.getTransactionIsolation() != null) {
                    assertThat("TRANSACTION_" + level(connection)).isEqualTo(expected.getTransactionIsolation());
                }
                connection.rollback();
            }
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    private static String level(Connection connection) throws SQLException {
        return switch (connection.getTransactionIsolation()) {
            case Connection.TRANSACTION_SERIALIZABLE -> "SERIALIZABLE";
            case Connection.TRANSACTION_REPEATABLE_READ -> "REPEATABLE_READ";
            default -> "READ_COMMITTED";
        };
    }

    @OnEachStore
    void readOnlyPool_isRefusedWithTheRemedy(TestStore store) {
        try (HikariDataSource pool = pool(store.emptied(), 1, config -> config.setReadOnly(true))) {
            if (store == TestStore.H2) {
                // The driver ignores it.
                assertThat(TaskQueue.of(pool).enqueue(BOOKING, "1")).isNotEmpty();
                return;
            }
            assertThatThrownBy(() -> builder(pool).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("read-only")
                    .hasMessageContaining("spring.datasource.hikari.read-only");
        }
    }

    @OnEachStore
    void readUncommitted_isRefusedWhereItReadsWhatIsNotCommitted(TestStore store) {
        try (HikariDataSource pool =
                pool(store.emptied(), 1, config -> config.setTransactionIsolation("TRANSACTION_READ_UNCOMMITTED"))) {
            if (store == TestStore.POSTGRESQL) {
                assertThat(TaskQueue.of(pool).enqueue(BOOKING, "1")).isNotEmpty();
                return;
            }
            assertThatThrownBy(() -> TaskQueue.of(pool))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("READ UNCOMMITTED")
                    .hasMessageContaining("READ COMMITTED");
        }
    }
}
