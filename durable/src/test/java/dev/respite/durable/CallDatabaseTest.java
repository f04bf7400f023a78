package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class CallDatabaseTest {

    /** H2, whose statements fail. */
    private static DataSource failing(@Nullable String state) {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:dialect");
        return new DelegatingDataSource(h2) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                return (Connection) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                            if (method.getName().equals("createStatement")) {
                                throw new SQLException("failed", state);
                            }
                            return method.invoke(connection, arguments);
                        });
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"42S02", "42P01", "90079"})
    void of_aDatabaseWithoutTables_namesTheFile(String state) {
        assertThatThrownBy(() -> CallDatabase.of(failing(state), DurableTables.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("run db/respite_durable/h2/V1_1__respite_durable.sql");
    }

    @Test
    void build_withoutAPrivilege_namesIt() throws SQLException {
        DataSource dataSource = TestStore.POSTGRESQL.emptied();
        TestStore.run(dataSource, "CREATE ROLE worker LOGIN");
        try {
            TestStore.run(
                    dataSource, "GRANT SELECT, INSERT, UPDATE, DELETE ON respite_task, respite_task_effect TO worker");
            TestStore.run(dataSource, "GRANT SELECT, UPDATE ON respite_dead_letter TO worker");
            DurableRetryBuilder builder = DurableRetry.builder(
                    new DriverManagerDataSource(JavaProcess.urlOf(dataSource).replaceAll("[?].*", ""), "worker", ""));
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("GRANT SELECT, INSERT, UPDATE, DELETE ON respite_task, respite_task_effect,"
                            + " respite_dead_letter TO it")
                    .hasMessageContaining("permission denied");
            TestStore.run(dataSource, "GRANT INSERT ON respite_dead_letter TO worker");
            builder.build().close();
            assertThatThrownBy(() ->
                            builder.deadLetterRetention(Duration.ofDays(30)).build())
                    .hasMessageContaining("permission denied");
            TestStore.run(dataSource, "GRANT DELETE ON respite_dead_letter TO worker");
            builder.build().close();
        } finally {
            TestStore.run(dataSource, "DROP OWNED BY worker");
            TestStore.run(dataSource, "DROP ROLE worker");
        }
    }

    /** A connection that breaks during the check is no evidence about the tables. */
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"08006", "57P01", "90067"})
    void of_aDatabaseThatIsCutOff_isAFailureOfTheStore(@Nullable String state) {
        assertThatThrownBy(() -> CallDatabase.of(failing(state), DurableTables.defaults()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the tables could not be checked");
    }

    @Test
    void build_withoutTheRightToRemoveLetters_isRejectedIfTheyArePurged() throws Exception {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:privileges;DB_CLOSE_DELAY=-1");
        TestStore.H2.createTables(h2);
        TestStore.run(h2, "CREATE USER worker PASSWORD ''");
        TestStore.run(h2, "GRANT SELECT, INSERT, UPDATE, DELETE ON respite_task, respite_task_effect TO worker");
        TestStore.run(h2, "GRANT SELECT, INSERT, UPDATE ON respite_dead_letter TO worker");
        DurableRetryBuilder builder =
                DurableRetry.builder(new DriverManagerDataSource("jdbc:h2:mem:privileges", "worker", ""));
        builder.build().close();
        assertThatThrownBy(
                        () -> builder.deadLetterRetention(Duration.ofDays(30)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "the user of the database lacks a privilege: GRANT SELECT, INSERT, UPDATE, DELETE ON ");
        TestStore.run(h2, "GRANT DELETE ON respite_dead_letter TO worker");
        builder.build().close();
        TestStore.run(h2, "SHUTDOWN");
    }
}
