package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The behaviour that depends on the kind of the database. H2 stands for the others. */
class DurableDialectTest {

    private static Connection limited(DurableDialect dialect) throws SQLException {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:limits;DB_CLOSE_DELAY=-1");
        try (Connection connection = h2.getConnection()) {
            connection.createStatement().execute("CREATE TABLE IF NOT EXISTS t (c integer)");
        }
        return BackgroundWrites.limited(h2.getConnection(), dialect);
    }

    @ParameterizedTest
    @CsvSource({
        "SELECT c FROM t, 0",
        "select c from t, 0",
        "(SELECT c FROM t), 0",
        "SELECT c FROM t FOR UPDATE, 2",
        "select c from t for update, 2",
        "UPDATE t SET c = 1, 2",
        "INSERT INTO t VALUES (1), 2",
        "DELETE FROM t, 2"
    })
    void limited_onPostgreSql_cancelsWhatMayWaitAfterTwoSeconds(String sql, int seconds) throws SQLException {
        try (Connection connection = limited(DurableDialect.POSTGRESQL);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            assertThat(statement.getQueryTimeout()).isEqualTo(seconds);
        }
    }

    @Test
    void limited_onMariaDb_isALimitOfTheServer() throws SQLException {
        try (Connection connection = limited(DurableDialect.MARIADB)) {
            assertThatThrownBy(() -> connection.prepareStatement("DELETE FROM t"))
                    .hasMessageContaining("innodb_lock_wait_timeout = 2 FOR DELETE FROM t");
            connection.prepareStatement("SELECT c FROM t").close();
        }
    }

    @ParameterizedTest
    @CsvSource({"postgresql, POSTGRESQL", "PostgreSQL, POSTGRESQL", "H2, H2", "MariaDB, MARIADB"})
    void dialect_ofAProduct_isFoundInAnyCase(String product, DurableDialect dialect) {
        assertThat(DurableDialect.of(product)).isEqualTo(dialect);
    }

    @Test
    void dialect_ofAnotherProduct_isRejectedWithTheRemedy() {
        assertThatThrownBy(() -> DurableDialect.of("Oracle"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the database is 'Oracle': use a DataSource of PostgreSQL, H2 or MariaDB");
        assertThatThrownBy(() -> DurableDialect.of("MySQL"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("connect with MariaDB's own driver, and without useMysqlMetadata");
    }
}
