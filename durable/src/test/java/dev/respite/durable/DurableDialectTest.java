package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;

class DurableDialectTest {

    /** H2, whose statements fail. */
    private static DataSource failing(String state) {
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

    @Test
    void of_aDatabaseWithoutTables_namesTheFile() {
        assertThatThrownBy(() -> DurableDialect.of(failing("42S02"), DurableTables.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("run db/respite_durable/h2/V1_1__respite_durable.sql");
    }

    /** A connection that breaks during the check says nothing about the tables. */
    @Test
    void of_aDatabaseThatIsCutOff_isAFailureOfTheStore() {
        assertThatThrownBy(() -> DurableDialect.of(failing("08006"), DurableTables.defaults()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the tables could not be checked");
    }
}
