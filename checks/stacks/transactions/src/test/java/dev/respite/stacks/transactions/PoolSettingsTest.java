package dev.respite.stacks.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.Retry;
import dev.respite.jdbc.TransactionRetry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Transactions of {@code respite-jdbc} with the settings that the pool of an application may have; it has one connection. */
@ParameterizedClass
@MethodSource("dev.respite.stacks.transactions.TestServer#available")
class PoolSettingsTest {

    @Parameter
    private TestServer server;

    private final Retry retry =
            Retry.withoutWarnings(RetryPolicy.parse("max-attempts=4 base-delay=10ms budget=off"), TimeSource.system());
    private JdbcTemplate outside;

    /** The settings, which the transactions of the application keep. */
    enum Setting {
        AUTO_COMMIT_OFF(pool -> pool.setAutoCommit(false)),
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

    @BeforeEach
    void empty() {
        outside = server.outside();
        outside.execute("DELETE FROM attempt");
    }

    private HikariDataSource pool(Consumer<HikariConfig> change) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(outside.getDataSource());
        config.setMaximumPoolSize(1);
        change.accept(config);
        return new HikariDataSource(config);
    }

    private static void insert(Connection connection, String name) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.executeUpdate("INSERT INTO attempt VALUES ('" + name + "')");
        }
    }

    private List<String> rows() {
        return outside.queryForList("SELECT name FROM attempt", String.class);
    }

    @ParameterizedTest
    @EnumSource(Setting.class)
    void transaction_withEachSetting_leavesTheRowsOfOneAttempt(Setting setting) throws SQLException {
        List<Integer> attempts = new ArrayList<>();
        HikariConfig expected = new HikariConfig();
        setting.change.accept(expected);
        try (HikariDataSource pool = pool(setting.change)) {
            TransactionRetry.of(retry, pool).run(connection -> {
                attempts.add(attempts.size() + 1);
                insert(connection, "attempt " + attempts.size());
                assertThat(connection.getAutoCommit()).isFalse();
                if (expected.getTransactionIsolation() != null) {
                    assertThat(connection.getTransactionIsolation())
                            .isEqualTo(
                                    setting == Setting.REPEATABLE_READ
                                            ? Connection.TRANSACTION_REPEATABLE_READ
                                            : Connection.TRANSACTION_SERIALIZABLE);
                }
                if (attempts.size() < 3) {
                    throw new SQLException("a deadlock", "40001");
                }
            });
            assertThat(attempts).hasSize(3);
            assertThat(rows()).containsExactly("attempt 3");
            assertThatThrownBy(() -> TransactionRetry.of(retry, pool).run(connection -> {
                        insert(connection, "failed");
                        throw new IllegalStateException("fatal");
                    }))
                    .hasMessage("fatal");
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.getAutoCommit()).isEqualTo(expected.isAutoCommit());
            }
        }
        assertThat(rows()).containsExactly("attempt 3");
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
            assertThat(rows()).isEmpty();
            joined.run(work -> insert(work, "after it"));
            assertThat(rows()).containsExactly("after it");
            assertThat(connection.getAutoCommit()).isFalse();
        }
    }

    /** Reading needs no more; the database refuses the rest. */
    @Test
    void transaction_ofAReadOnlyPool_reads() throws SQLException {
        try (HikariDataSource pool = pool(config -> config.setReadOnly(true))) {
            TransactionRetry transactions = TransactionRetry.of(retry, pool);
            int accounts = transactions.call(connection -> {
                try (Statement sql = connection.createStatement();
                        var row = sql.executeQuery("SELECT COUNT(*) FROM account")) {
                    row.next();
                    return row.getInt(1);
                }
            });
            assertThat(accounts).isNotNegative();
            assertThatThrownBy(() -> transactions.run(connection -> insert(connection, "written")))
                    .isInstanceOf(SQLException.class)
                    .extracting(failure -> ((SQLException) failure).getSQLState())
                    .isEqualTo("25006");
        }
    }
}
