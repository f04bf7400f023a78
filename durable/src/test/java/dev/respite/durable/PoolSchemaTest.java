package dev.respite.durable;

import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Durable calls with a pool whose connections see another schema than the one of the tables. */
class PoolSchemaTest {

    private static final DurableTask<String> FAILING = DurableTask.of("failing", DataCodec.text());
    private static final DurableTask<String> BOOKING = DurableTask.of("booking", DataCodec.text());

    static Stream<Arguments> cells() {
        return TestStore.each().stream()
                .flatMap(store -> Stream.of(true, false)
                        .flatMap(isAutoCommit -> Stream.of(1, 8).map(size -> Arguments.of(store, isAutoCommit, size))));
    }

    private static HikariConfig config(DataSource outside, boolean isAutoCommit, int size) {
        HikariConfig config = new HikariConfig();
        // The database itself, so that the connections keep what the test sets.
        config.setDataSource(((HikariDataSource) outside).getDataSource());
        config.setAutoCommit(isAutoCommit);
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(20_000);
        return config;
    }

    private static DurableRetryBuilder builder(DataSource pool) {
        return DurableRetry.builder(pool).threads(4).pollInterval(Duration.ofMillis(20));
    }

    private static String current(TestStore store) {
        return store == TestStore.MARIADB ? "SELECT DATABASE()" : "SELECT CURRENT_SCHEMA";
    }

    private static void createTenant(TestStore store, DataSource outside) {
        String create = store == TestStore.MARIADB ? "CREATE DATABASE IF NOT EXISTS " : "CREATE SCHEMA IF NOT EXISTS ";
        TestStore.run(outside, create + "tenant");
    }

    /** The effects are in the schema of the pool, and the tables are in the one that connections saw when they were created. */
    @ParameterizedTest
    @MethodSource("cells")
    void otherSchema_isRefusedUnlessTheTablesAreNamed(TestStore store, boolean isAutoCommit, int size)
            throws SQLException {
        DataSource outside = store.emptied();
        String before = TestStore.strings(outside, current(store)).get(0);
        createTenant(store, outside);
        TestStore.run(outside, "DROP TABLE IF EXISTS tenant.ledger");
        TestStore.run(outside, "CREATE TABLE tenant.ledger (entry varchar(200) NOT NULL)");
        HikariConfig config = config(outside, isAutoCommit, size);
        config.setConnectionInitSql(
                switch (store) {
                    case POSTGRESQL -> "SET search_path = tenant";
                    case H2 -> "SET SCHEMA tenant";
                    case MARIADB -> "USE tenant";
                });
        config.setIsolateInternalQueries(true);
        List<String> failed = new CopyOnWriteArrayList<>();
        try (HikariDataSource pool = new HikariDataSource(config)) {
            assertThatThrownBy(() -> builder(pool).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("DurableTables.inSchema");
            DurableTables tables = DurableTables.inSchema(before);
            try (DurableRetry durable = builder(pool)
                    .tables(tables)
                    .task(FAILING, retry("max-attempts=3 base-delay=10ms budget=off"), (data, context) -> {
                        failed.add(data + " " + context.attempt().number());
                        throw new ConnectException("refused");
                    })
                    .effect(
                            BOOKING,
                            retry("max-attempts=9 base-delay=10ms budget=off"),
                            (connection, data, context) -> TestStore.book(connection, data))
                    .build()) {
                durable.start();
                durable.queue().enqueue(FAILING, "a");
                durable.queue().enqueueAll(BOOKING, List.of("1", "2", "3"), EnqueueOptions.defaults());
                eventually(() -> assertThat(TestStore.tasks(outside)).isZero());
                assertThat(durable.stats().deadLetters(DeadLetter.State.DEAD)).isEqualTo(1);
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isEqualTo(isAutoCommit);
            }
            assertThat(TestStore.strings(pool, current(store)))
                    .first()
                    .asString()
                    .isEqualToIgnoringCase("tenant");
        }
        assertThat(failed).containsExactly("a 1", "a 2", "a 3");
        assertThat(TestStore.ledger(outside)).isEmpty();
        assertThat(TestStore.strings(outside, "SELECT entry FROM tenant.ledger ORDER BY entry"))
                .containsExactly("1", "2", "3");
    }

    /** PostgreSQL's driver begins a transaction for the schema, which the pool leaves open. */
    @Test
    void schemaSetByThePoolWithAutoCommitOff_onPostgresql_isRefusedWithTheRemedy() {
        assumeThat(TestStore.each()).contains(TestStore.POSTGRESQL);
        DataSource outside = TestStore.POSTGRESQL.emptied();
        HikariConfig config = config(outside, false, 1);
        config.setSchema("public");
        try (HikariDataSource pool = new HikariDataSource(config)) {
            assertThatThrownBy(() -> builder(pool).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("set the schema in the URL");
        }
    }
}
