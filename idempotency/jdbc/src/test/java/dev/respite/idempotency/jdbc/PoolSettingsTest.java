package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** Keys with the settings that the pool of an application may have. */
class PoolSettingsTest {

    private static final int DUPLICATES = 8;

    /** The settings with which keys work. */
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
        return TestDatabase.each().stream()
                .flatMap(database -> Stream.of(Setting.values())
                        .flatMap(setting -> Stream.of(1, 5).map(size -> Arguments.of(database, setting, size))));
    }

    private static HikariDataSource pool(TestDatabase database, int size, Consumer<HikariConfig> change) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(20_000);
        change.accept(config);
        return new HikariDataSource(config);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void keys_withEachSetting_executeOnce(TestDatabase database, Setting setting, int size) throws Exception {
        try (HikariDataSource pool = pool(database, size, setting.change)) {
            LedgerFixture ledger = LedgerFixture.in(database).over(pool);
            TransactionalIdempotency idempotency = ledger.idempotency();

            IdempotentCall once = call();
            String response = executed(idempotency.execute(once, pay(once)));
            assertThat(replayed(idempotency.execute(once, pay(once)))).isEqualTo(response);
            assertThat(ledger.payments(once)).isEqualTo(1);

            IdempotentCall failed = call();
            assertThatThrownBy(() -> idempotency.<Exception>execute(failed, connection -> {
                        LedgerFixture.payOn(connection, failed);
                        throw new IOException("failed");
                    }))
                    .isInstanceOf(IOException.class);
            assertThat(ledger.payments(failed)).isZero();
            executed(idempotency.execute(failed, pay(failed)));

            IdempotentCall rejected = call();
            StoredResponse tooMuch = StoredResponse.of(422, Map.of(), new byte[0]);
            idempotency.execute(rejected, connection -> {
                LedgerFixture.payOn(connection, rejected);
                return tooMuch;
            });
            assertThat(ledger.payments(rejected)).isZero();
            assertThat(ledger.stateOf(rejected)).isEqualTo(State.DONE);

            IdempotentCall unclaimed = call();
            StoredResponse empty = StoredResponse.empty();
            for (int i = 0; i < 2; i++) {
                idempotency.executeWithResponse(unclaimed, empty, connection -> {
                    LedgerFixture.payOn(connection, unclaimed);
                    return empty;
                });
            }
            assertThat(ledger.payments(unclaimed)).isEqualTo(1);

            assertDuplicatesExecuteOnce(idempotency, ledger::payments);
            JdbcIdempotencyStore store = ledger.store();
            assertThat(store.list(State.DONE, Optional.empty(), 1)).hasSize(1);
            assertThat(store.purge(10)).isNotNegative();
            assertUnchanged(pool, setting, size);
        }
    }

    /** Those that come too early are in progress, or wait; none fails. */
    private static void assertDuplicatesExecuteOnce(
            TransactionalIdempotency idempotency, ToIntFunction<IdempotentCall> payments) throws Exception {
        IdempotentCall call = call();
        ExecutorService clients = Executors.newFixedThreadPool(DUPLICATES);
        List<IdempotentResult> results = new ArrayList<>();
        try {
            List<Callable<IdempotentResult>> requests = new ArrayList<>();
            for (int i = 0; i < DUPLICATES; i++) {
                requests.add(() -> idempotency.execute(call, pay(call)));
            }
            for (Future<IdempotentResult> result : clients.invokeAll(requests)) {
                results.add(result.get());
            }
        } finally {
            clients.shutdown();
        }
        assertThat(payments.applyAsInt(call)).isEqualTo(1);
        assertThat(results.stream().filter(IdempotentResult.Executed.class::isInstance))
                .hasSize(1);
        assertThat(results)
                .allSatisfy(result -> assertThat(result)
                        .isInstanceOfAny(
                                IdempotentResult.Executed.class,
                                IdempotentResult.Replayed.class,
                                IdempotentResult.InProgress.class));
    }

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

    static Stream<Arguments> schemas() {
        return TestDatabase.each().stream()
                .flatMap(database -> Stream.of(true, false)
                        .flatMap(isAutoCommit ->
                                Stream.of(1, 5).map(size -> Arguments.of(database, isAutoCommit, size))));
    }

    /** Records and effects are in the schema of the pool. */
    @ParameterizedTest
    @MethodSource("schemas")
    void keys_inTheSchemaOfThePool_executeOnce(TestDatabase database, boolean isAutoCommit, int size) throws Exception {
        String schema = "t" + UUID.randomUUID().toString().substring(0, 8);
        TestDatabase.run(
                database.dataSource(), (database.isMariaDb() ? "CREATE DATABASE " : "CREATE SCHEMA ") + schema);
        String use = database.isPostgres() ? "SET search_path = " : database.isMariaDb() ? "USE " : "SET SCHEMA ";
        try (HikariDataSource owner = pool(database, 1, config -> config.setConnectionInitSql(use + schema));
                HikariDataSource pool = pool(database, size, config -> {
                    config.setConnectionInitSql(use + schema);
                    config.setIsolateInternalQueries(true);
                    config.setAutoCommit(isAutoCommit);
                })) {
            assertThatThrownBy(() -> JdbcIdempotencyStore.of(pool))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("in the schema that its connections see first");
            database.makeTables(owner);
            LedgerFixture ledger = LedgerFixture.in(database).over(pool);
            TransactionalIdempotency idempotency = ledger.idempotency();
            ToIntFunction<IdempotentCall> payments = call -> ledger.number("SELECT COUNT(*) FROM " + schema
                    + ".ledger WHERE id = '" + call.storageKey().value() + "'");

            IdempotentCall once = call();
            String response = executed(idempotency.execute(once, pay(once)));
            assertThat(replayed(idempotency.execute(once, pay(once)))).isEqualTo(response);
            assertThat(payments.applyAsInt(once)).isEqualTo(1);
            assertThat(ledger.payments(once)).isZero();

            assertDuplicatesExecuteOnce(idempotency, payments);
            assertThat(ledger.number("SELECT COUNT(*) FROM " + schema + ".respite_idempotency"))
                    .isEqualTo(2);
            assertThat(ledger.store().purge(10)).isZero();
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isEqualTo(isAutoCommit);
            }
        }
    }

    /** PostgreSQL's driver begins a transaction for the schema, which the pool leaves open. */
    @Test
    void schemaSetByThePoolWithAutoCommitOff_onPostgresql_isRefusedWithTheRemedy() {
        assumeThat(TestDatabase.each()).contains(TestDatabase.POSTGRESQL);
        try (HikariDataSource pool = pool(TestDatabase.POSTGRESQL, 1, config -> {
            config.setSchema("public");
            config.setAutoCommit(false);
        })) {
            assertThatThrownBy(() -> JdbcIdempotencyStore.of(pool))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("set the schema in the URL");
        }
    }

    /** The work of the application keeps the isolation that it is written for. */
    @OnEachDatabase
    void work_hasTheIsolationOfThePool(TestDatabase database) throws SQLException {
        try (HikariDataSource pool = pool(database, 1, Setting.SERIALIZABLE.change)) {
            IdempotentCall call = call();
            String level = executed(LedgerFixture.in(database)
                    .over(pool)
                    .idempotency()
                    .execute(call, connection -> StoredResponse.of(level(connection))));
            assertThat(level).isEqualTo("SERIALIZABLE");
        }
    }

    @OnEachDatabase
    void readOnlyPool_isRefusedWithTheRemedy(TestDatabase database) {
        try (HikariDataSource pool = pool(database, 1, config -> config.setReadOnly(true))) {
            if (database == TestDatabase.H2_MEMORY) {
                // The driver ignores it.
                assertThat(JdbcIdempotencyStore.of(pool).count(State.UNKNOWN)).isNotNegative();
                return;
            }
            assertThatThrownBy(() -> JdbcIdempotencyStore.of(pool))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("spring.datasource.hikari.read-only");
        }
    }

    @OnEachDatabase
    void readUncommitted_isRefusedWhereItReadsWhatIsNotCommitted(TestDatabase database) {
        try (HikariDataSource pool =
                pool(database, 1, config -> config.setTransactionIsolation("TRANSACTION_READ_UNCOMMITTED"))) {
            if (database.isPostgres()) {
                assertThat(JdbcIdempotencyStore.of(pool).count(State.UNKNOWN)).isNotNegative();
                return;
            }
            assertThatThrownBy(() -> JdbcIdempotencyStore.of(pool))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("READ UNCOMMITTED");
        }
    }

    /** Outside of a transaction, such a data source is as another one. */
    @OnEachDatabase
    void claim_onTheConnectionOfARunningTransaction_isRefusedAndLeavesItAlone(TestDatabase database)
            throws SQLException {
        for (boolean isAutoCommit : List.of(true, false)) {
            try (HikariDataSource pool = pool(database, 1, config -> config.setAutoCommit(isAutoCommit))) {
                DataSource aware = new TransactionAwareDataSourceProxy(pool);
                LedgerFixture ledger = LedgerFixture.in(database).over(aware);
                TransactionalIdempotency idempotency = ledger.idempotency();
                IdempotentCall call = call();
                IdempotentCall ofTheCaller = call();
                new TransactionTemplate(new DataSourceTransactionManager(pool)).executeWithoutResult(status -> {
                    new JdbcTemplate(pool)
                            .update(
                                    "INSERT INTO ledger (id, amount) VALUES (?, 1)",
                                    ofTheCaller.storageKey().value());
                    assertThatThrownBy(() -> idempotency.execute(call, pay(call)))
                            .isInstanceOf(StoreUnavailableException.class)
                            .hasMessageContaining("a transaction that is running");
                    status.setRollbackOnly();
                });
                assertThat(ledger.payments(ofTheCaller)).isZero();
                assertThat(ledger.payments(call)).isZero();
                executed(idempotency.execute(call, pay(call)));
                assertThat(ledger.payments(call)).isEqualTo(1);
            }
        }
    }
}
