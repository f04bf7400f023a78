package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The MariaDBs that are refused, and why. */
@OnMariaDb
class MariaDbSetUpTest {

    private static final TestDatabase DATABASE = TestDatabase.MARIADB;

    @Test
    void requireDurable_withTheBinaryLog_isAccepted() {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(TestDatabase.MARIADB_OTHERWISE.dataSource());
        assertThat(store.requireDurable()).isSameAs(store);
    }

    @Test
    void requireDurable_withoutTheBinaryLog_isRejected() {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(DATABASE.dataSource());
        assertThatThrownBy(store::requireDurable)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("log_bin is OFF");
    }

    @ParameterizedTest
    @CsvSource({
        "innodb_flush_log_at_trx_commit, 2, innodb_flush_log_at_trx_commit is 2",
        "innodb_flush_log_at_trx_commit, 0, innodb_flush_log_at_trx_commit is 0",
        "sync_binlog,                    0, sync_binlog is 0",
    })
    void requireDurable_settingThatLosesCommits_isRejected(String setting, String value, String message)
            throws SQLException {
        DataSource dataSource = TestDatabase.MARIADB_OTHERWISE.dataSource();
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(dataSource);
        TestDatabase.run(dataSource, "SET GLOBAL " + setting + " = " + value);
        try {
            assertThatThrownBy(store::requireDurable)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(message);
        } finally {
            TestDatabase.run(dataSource, "SET GLOBAL " + setting + " = 1");
        }
        store.requireDurable();
    }

    @Test
    void requireDurable_halfWrittenPages_areRejected() {
        assertThatThrownBy(() -> JdbcIdempotencyStore.of(pretending("INNODB_DOUBLEWRITE", "OFF"))
                        .requireDurable())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("innodb_doublewrite is OFF");
    }

    @Test
    void in_galera_isRejected() {
        assertThatThrownBy(() -> JdbcIdempotencyStore.of(pretending("WSREP_ON", "ON")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Galera");
    }

    @Test
    void in_readUncommitted_isRejected() {
        DataSource dirty = InterceptedDataSource.tapped(DATABASE.dataSource(), (step, raw, go) -> {
            Object response = go.go();
            if (response instanceof Connection connection) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
            }
            return response;
        });
        assertThatThrownBy(() -> JdbcIdempotencyStore.of(dirty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("READ UNCOMMITTED");
    }

    @Test
    void in_tableWithoutTransactions_isRejected() {
        TestDatabase.run(DATABASE.dataSource(), "CREATE DATABASE IF NOT EXISTS careless");
        TestDatabase.run(
                DATABASE.dataSource(),
                "CREATE TABLE IF NOT EXISTS careless.respite_idempotency (id integer) ENGINE = Aria");
        DataSource careless = InterceptedDataSource.tapped(DATABASE.dataSource(), (step, raw, go) -> {
            Object response = go.go();
            if (response instanceof Connection connection) {
                connection.setCatalog("careless");
            }
            return response;
        });
        assertThatThrownBy(() -> JdbcIdempotencyStore.of(careless))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of the engine Aria");
    }

    @ParameterizedTest
    @CsvSource({"10, 5, true", "5, 7, true", "10, 6, false", "11, 0, false", "12, 1, false"})
    void version_before10_6_isTooOld(int major, int minor, boolean tooOld) {
        assertThat(MariaDb.isTooOld(major, minor)).isEqualTo(tooOld);
    }

    /** A server that reports the given value of a variable. */
    private static DataSource pretending(String variable, String value) {
        return InterceptedDataSource.tapped(
                DATABASE.dataSource(),
                (step, raw, go) -> step.contains("'" + variable + "'")
                        ? raw.createStatement().executeQuery("SELECT '" + value + "'")
                        : go.go());
    }
}
