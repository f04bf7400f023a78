package dev.respite.durable;

import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

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

        @SuppressWarnings("ImmutableEnumChecker") // functions without state
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
                if (!expected.isAutoCommit()) {
                    connection.rollback();
                }
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

    /** MariaDB has a means against its snapshot. */
    static Stream<Arguments> settingsOfLongEffects() {
        return TestStore.each().stream()
                .flatMap(store -> Stream.of(Setting.READ_COMMITTED, Setting.REPEATABLE_READ)
                        .filter(setting -> setting == Setting.READ_COMMITTED || store == TestStore.MARIADB)
                        .map(setting -> Arguments.of(store, setting)));
    }

    /** Heartbeats change the row of a call after the snapshot of its effect, and of the handler when it is given up. */
    @ParameterizedTest
    @MethodSource("settingsOfLongEffects")
    void effect_longerThanAHeartbeat_isCommittedAtOnce(TestStore store, Setting setting) {
        DataSource outside = store.emptied();
        List<String> runs = new CopyOnWriteArrayList<>();
        try (HikariDataSource pool = pool(outside, 8, setting.change);
                DurableRetry durable = builder(pool)
                        .heartbeat(Duration.ofMillis(50))
                        .effect(BOOKING, retry("max-attempts=3 base-delay=10ms"), (connection, data, context) -> {
                            runs.add("effect " + context.attempt().number());
                            bookSlowly(connection, data, outside);
                        })
                        .task(FAILING, retry("max-attempts=1"), (data, context) -> {
                            throw new ConnectException("refused");
                        })
                        .onGivenUp(FAILING, (connection, data, letter, context) -> {
                            runs.add("given up");
                            bookSlowly(connection, data, outside);
                        })
                        .build()) {
            durable.start();
            durable.queue().enqueue(BOOKING, "1");
            eventually(() -> assertThat(TestStore.tasks(outside)).isZero());
            durable.queue().enqueue(FAILING, "2");
            eventually(() -> assertThat(TestStore.tasks(outside)).isZero());
            assertThat(DeadLetters.of(outside).list(DeadLetter.Filter.all()))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.reason()).isEqualTo("attempts exhausted"));
        }
        assertThat(runs).containsExactly("effect 1", "given up");
        assertThat(TestStore.ledger(outside)).containsExactly("1", "2");
    }

    /** Takes a snapshot, and waits for a heartbeat of the only call. */
    private static void bookSlowly(Connection connection, String entry, DataSource outside) throws SQLException {
        TestStore.book(connection, entry);
        try (Statement sql = connection.createStatement()) {
            sql.executeQuery("SELECT COUNT(*) FROM respite_task").close();
        }
        String first = heartbeat(outside);
        eventually(() -> assertThat(heartbeat(outside)).isNotEqualTo(first));
    }

    private static String heartbeat(DataSource dataSource) {
        return TestStore.strings(dataSource, "SELECT last_heartbeat FROM respite_task")
                .toString();
    }

    @OnEachStore
    void readOnlyPool_isRefusedWithTheRemedy(TestStore store) {
        try (HikariDataSource pool = pool(store.emptied(), 1, config -> config.setReadOnly(true))) {
            assertThatThrownBy(() -> builder(pool).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("read-only")
                    .hasMessageContaining("spring.datasource.hikari.read-only");
        }
    }

    /** A handler that enqueues by the queue would wait for the connection that it has. */
    @OnEachStore
    void enqueue_inAHandlerWithAConnection_isRefusedAtOnceWithTheRemedy(TestStore store) {
        DataSource outside = store.emptied();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        try (HikariDataSource pool = pool(outside, 1, config -> config.setConnectionTimeout(1_000))) {
            TaskQueue other = TaskQueue.of(pool);
            try (DurableRetry durable = builder(pool)
                    .effect(
                            BOOKING,
                            retry("max-attempts=2 base-delay=10ms budget=off"),
                            (connection, data, context) -> {
                                TestStore.book(connection, data);
                                if (data.equals("1")) {
                                    other.enqueue(connection, BOOKING, "2", EnqueueOptions.defaults());
                                }
                                for (Runnable enqueues : List.<Runnable>of(
                                        () -> other.enqueue(BOOKING, "3"),
                                        () -> other.enqueueAll(BOOKING, List.of("3"), EnqueueOptions.defaults()),
                                        () -> other.enqueueIfAbsent(
                                                BOOKING,
                                                "3",
                                                EnqueueOptions.defaults().withId("3")))) {
                                    failures.add(catchThrowable(enqueues::run));
                                }
                            })
                    .build()) {
                durable.start();
                durable.queue().enqueue(BOOKING, "1");
                eventually(() -> assertThat(TestStore.ledger(outside)).containsExactly("1", "2"));
            }
            // After the handler, the thread may enqueue again.
            other.enqueue(BOOKING, "4");
        }
        assertThat(failures)
                .hasSize(6)
                .allSatisfy(refused -> assertThat(refused)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("(connection, …) with the connection of the handler"));
    }

    /** Some data sources ignore it: nothing would be committed. */
    @OnEachStore
    void autoCommit_thatCannotBeSwitchedOn_isRefused(TestStore store) {
        try (HikariDataSource pool = pool(store.emptied(), 1, config -> config.setAutoCommit(false))) {
            DataSource stubborn =
                    Intercepted.dataSource(pool, (method, call) -> method.equals("setAutoCommit") ? null : call.call());
            assertThatThrownBy(() -> builder(stubborn).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot be switched on");
        }
    }

    /** The caller's transaction may be of Spring, or the data source may return one connection only. */
    @OnEachStore
    void enqueue_onTheConnectionOfARunningTransaction_isRefusedAndLeavesItAlone(TestStore store) {
        DataSource outside = store.emptied();
        for (boolean isAutoCommit : List.of(true, false)) {
            try (HikariDataSource pool = pool(outside, 1, config -> config.setAutoCommit(isAutoCommit))) {
                TaskQueue queue = TaskQueue.of(new TransactionAwareDataSourceProxy(pool));
                TransactionTemplate spring = new TransactionTemplate(new DataSourceTransactionManager(pool));
                spring.executeWithoutResult(status -> {
                    // Also before the first statement.
                    assertRefused(() -> queue.enqueue(SENDING, "1"));
                    new JdbcTemplate(pool).update("INSERT INTO ledger VALUES ('of the caller')");
                    assertRefused(() -> queue.enqueue(SENDING, "1"));
                    status.setRollbackOnly();
                });
                assertThat(TestStore.ledger(outside)).isEmpty();
                assertThat(queue.enqueue(SENDING, "2")).isNotEmpty();
            }
        }
    }

    @OnEachStore
    void enqueue_onTheOnlyConnectionInATransaction_isRefusedAndLeavesItAlone(TestStore store) throws SQLException {
        DataSource outside = store.emptied();
        try (Connection connection = outside.getConnection()) {
            connection.setAutoCommit(false);
            TaskQueue queue = TaskQueue.of(new SingleConnectionDataSource(connection, true));
            TestStore.book(connection, "of the caller");
            assertRefused(() -> queue.enqueue(SENDING, "1"));
            connection.rollback();
            assertThat(TestStore.ledger(outside)).isEmpty();
            assertThat(queue.enqueue(SENDING, "2")).isNotEmpty();
            assertThat(connection.getAutoCommit()).isFalse();
            connection.setAutoCommit(true);
        }
        assertThat(TestStore.tasks(outside)).isEqualTo(1);
    }

    private static void assertRefused(ThrowableAssert.ThrowingCallable enqueue) {
        assertThatThrownBy(enqueue)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a transaction that is running")
                .hasMessageContaining("enqueue(connection, …)");
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
