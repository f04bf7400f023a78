package dev.respite.stacks.transactions;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** The settings of a connection. */
record Settings(boolean autoCommit, int isolation, boolean readOnly, String schema, String catalog) {

    static Settings of(Connection connection) throws SQLException {
        return new Settings(
                connection.getAutoCommit(),
                connection.getTransactionIsolation(),
                connection.isReadOnly(),
                String.valueOf(connection.getSchema()),
                String.valueOf(connection.getCatalog()));
    }

    /** Those of a connection that is in no transaction, and is in none afterwards. */
    private static Settings outsideOfATransaction(Connection connection) throws SQLException {
        Settings settings = of(connection);
        if (!settings.autoCommit) {
            // PostgreSQL queries the schema in a transaction.
            connection.rollback();
        }
        return settings;
    }

    static Settings of(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return outsideOfATransaction(connection);
        }
    }

    Settings inTransaction() {
        return new Settings(false, isolation, readOnly, schema, catalog);
    }

    /** Notes the settings of connections that are closed, before the pool restores its own. */
    static DataSource noting(DataSource pool, List<Settings> closed) {
        return new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                return (Connection) Proxy.newProxyInstance(
                        Settings.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("close")) {
                                closed.add(outsideOfATransaction(connection));
                            }
                            try {
                                return method.invoke(connection, arguments);
                            } catch (InvocationTargetException thrown) {
                                throw thrown.getCause();
                            }
                        });
            }
        };
    }
}
