package dev.respite.stacks.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.IsolationLevel;
import dev.respite.Retry;
import dev.respite.jdbc.TransactionRetry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Transactions of {@code respite-jdbc} with the settings that the pool of an application may have. */
@ParameterizedClass
@MethodSource("dev.respite.stacks.transactions.TestServer#availableAndH2")
class PoolSettingsTest {

    @Parameter
    private TestServer server;

    private final Retry retry =
            Retry.withoutWarnings(RetryPolicy.parse("max-attempts=4 base-delay=10ms budget=off"), TimeSource.system());
    private final List<Settings> returned = new CopyOnWriteArrayList<>();
    private JdbcTemplate outside;

    /** The settings, which the transactions of the application keep. */
    enum Setting {
        AUTO_COMMIT_OFF((server, pool) -> pool.setAutoCommit(false)),
        READ_UNCOMMITTED((server, pool) -> pool.setTransactionIsolation("TRANSACTION_READ_UNCOMMITTED")),
        READ_COMMITTED((server, pool) -> pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED")),
        REPEATABLE_READ((server, pool) -> pool.setTransactionIsolation("TRANSACTION_REPEATABLE_READ")),
        SERIALIZABLE((server, pool) -> pool.setTransactionIsolation("TRANSACTION_SERIALIZABLE")),
        SERIALIZABLE_AND_AUTO_COMMIT_OFF(SERIALIZABLE.change.andThen(AUTO_COMMIT_OFF.change)),
        SCHEMA(TestServer::useTenant),
        SCHEMA_AND_AUTO_COMMIT_OFF(SCHEMA.change.andThen(AUTO_COMMIT_OFF.change));

        @SuppressWarnings("ImmutableEnumChecker") // functions without state
        private final BiConsumer<TestServer, HikariConfig> change;

        Setting(BiConsumer<TestServer, HikariConfig> change) {
            this.change = change;
        }

        private boolean isSchema() {
            return this == SCHEMA || this == SCHEMA_AND_AUTO_COMMIT_OFF;
        }
    }

    static Stream<Arguments> cells() {
        return Stream.of(Setting.values()).flatMap(setting -> Stream.of(1, 3).map(size -> Arguments.of(setting, size)));
    }

    @BeforeEach
    void empty() {
        outside = server.outside();
        outside.execute("DELETE FROM attempt");
        outside.execute("DELETE FROM " + TestServer.TENANT + ".attempt");
    }

    private HikariDataSource pool(int size, BiConsumer<TestServer, HikariConfig> change) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(outside.getDataSource());
        config.setMaximumPoolSize(size);
        change.accept(server, config);
        return new HikariDataSource(config);
    }

    private TransactionRetry transactions(DataSource pool) {
        return TransactionRetry.of(retry, Settings.noting(pool, returned));
    }

    private static void insert(Connection connection, String name) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.executeUpdate("INSERT INTO attempt VALUES ('" + name + "')");
        }
    }

    private List<String> rows(boolean ofTenant) {
        return outside.queryForList(
                "SELECT name FROM " + (ofTenant ? TestServer.TENANT + "." : "") + "attempt ORDER BY name",
                String.class);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void transactions_withEachSetting_leaveTheRowsOfOneAttempt(Setting setting, int size) throws Exception {
        assumeThat(setting == Setting.SCHEMA_AND_AUTO_COMMIT_OFF && server == TestServer.POSTGRESQL)
                .as("refused")
                .isFalse();
        List<String> committed = new ArrayList<>();
        try (HikariDataSource pool = pool(size, setting.change)) {
            Settings expected = Settings.of(pool);
            assertThat(expected.autoCommit()).isEqualTo(pool.isAutoCommit());
            if (pool.getTransactionIsolation() != null) {
                assertThat(expected.isolation())
                        .isEqualTo(IsolationLevel.valueOf(pool.getTransactionIsolation())
                                .getLevelId());
            }
            TransactionRetry transactions = transactions(pool);
            CyclicBarrier all = new CyclicBarrier(size);
            List<Callable<Integer>> callers = new ArrayList<>();
            for (int i = 1; i <= size; i++) {
                String caller = "caller " + i;
                callers.add(() -> attempts(transactions, caller, expected, all));
                committed.add(caller + " attempt 3");
            }
            assertThat(results(callers)).hasSize(size).containsOnly(3);
            assertThatThrownBy(() -> transactions.run(connection -> {
                        insert(connection, "failed");
                        throw new IllegalStateException("fatal");
                    }))
                    .hasMessage("fatal");
            assertThat(returned).hasSize(3 * size + 1).containsOnly(expected);
        }
        assertThat(rows(setting.isSchema())).isEqualTo(committed);
        assertThat(rows(!setting.isSchema())).isEmpty();
    }

    /** Returns the number of attempts, of which two fail. The first ones of all callers have connections at the same time. */
    private static int attempts(TransactionRetry transactions, String caller, Settings expected, CyclicBarrier all)
            throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        transactions.run(connection -> {
            int attempt = attempts.incrementAndGet();
            insert(connection, caller + " attempt " + attempt);
            assertThat(Settings.of(connection)).isEqualTo(expected.inTransaction());
            if (attempt == 1) {
                await(all);
            }
            if (attempt < 3) {
                throw new SQLException("a deadlock", "40001");
            }
        });
        return attempts.get();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(1, TimeUnit.MINUTES);
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }

    private static List<Integer> results(List<Callable<Integer>> calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        List<Integer> results = new ArrayList<>();
        try {
            for (Future<Integer> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
        } finally {
            threads.shutdown();
        }
        return results;
    }

    /** PostgreSQL's driver begins a transaction for the schema, which the pool leaves open. */
    @Test
    void schemaWithAutoCommitOff_onPostgresql_isRefusedWithARemedyThatWorks() throws SQLException {
        assumeThat(server).isEqualTo(TestServer.POSTGRESQL);
        try (HikariDataSource pool = pool(1, Setting.SCHEMA_AND_AUTO_COMMIT_OFF.change)) {
            assertThatThrownBy(() -> transactions(pool).run(connection -> insert(connection, "refused")))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("set the schema in the URL")
                    .hasMessageContaining("isolateInternalQueries");
        }
        PGSimpleDataSource inUrl = new PGSimpleDataSource();
        PGSimpleDataSource known = (PGSimpleDataSource) outside.getDataSource();
        inUrl.setUrl(known.getUrl());
        inUrl.setUser(known.getUser());
        inUrl.setCurrentSchema(TestServer.TENANT);
        try (HikariDataSource pool = pool(1, (server, config) -> {
            config.setDataSource(inUrl);
            config.setAutoCommit(false);
        })) {
            transactions(pool).run(connection -> insert(connection, "in the URL"));
        }
        try (HikariDataSource pool = pool(1, (server, config) -> {
            config.setConnectionInitSql("SET search_path = " + TestServer.TENANT);
            config.setIsolateInternalQueries(true);
            config.setAutoCommit(false);
        })) {
            transactions(pool).run(connection -> insert(connection, "isolated"));
        }
        assertThat(rows(true)).containsExactly("in the URL", "isolated");
    }

    /** A data source that returns one connection, on which the caller has begun a transaction. */
    @Test
    void transaction_onTheConnectionOfARunningOne_isRefusedAndLeavesItAlone() throws SQLException {
        try (Connection connection = outside.getDataSource().getConnection()) {
            connection.setAutoCommit(false);
            TransactionRetry joined = TransactionRetry.of(retry, new SingleConnectionDataSource(connection, true));
            insert(connection, "of the caller");
            assertThatThrownBy(() -> joined.run(work -> insert(work, "refused")))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("a transaction that is running");
            connection.rollback();
            assertThat(rows(false)).isEmpty();
            joined.run(work -> insert(work, "after it"));
            assertThat(rows(false)).containsExactly("after it");
            assertThat(connection.getAutoCommit()).isFalse();
        }
    }

    /** Reading needs no more; the database refuses the rest. H2's driver ignores the setting. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void transaction_ofAReadOnlyPool_reads(boolean isAutoCommit) throws SQLException {
        try (HikariDataSource pool = pool(2, (server, config) -> {
            config.setReadOnly(true);
            config.setAutoCommit(isAutoCommit);
        })) {
            Settings expected = Settings.of(pool);
            TransactionRetry transactions = transactions(pool);
            int accounts = transactions.call(connection -> {
                try (Statement sql = connection.createStatement();
                        var row = sql.executeQuery("SELECT COUNT(*) FROM account")) {
                    row.next();
                    return row.getInt(1);
                }
            });
            assertThat(accounts).isNotNegative();
            if (server == TestServer.H2) {
                transactions.run(connection -> insert(connection, "written"));
            } else {
                assertThat(expected.readOnly()).isTrue();
                assertThatThrownBy(() -> transactions.run(connection -> insert(connection, "written")))
                        .isInstanceOf(SQLException.class)
                        .extracting(failure -> ((SQLException) failure).getSQLState())
                        .isEqualTo("25006");
            }
            assertThat(returned).hasSize(2).containsOnly(expected);
        }
    }
}
