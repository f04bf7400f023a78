package dev.respite.spring.boot.setup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.TransactionManager;

/** Connections of the transactions of Spring. */
public final class SpringTransactions {

    private SpringTransactions() {}

    /**
     * Returns whether a transaction manager is certainly of another database.
     *
     * @param manager the transaction manager
     * @param dataSource the database
     * @return whether the manager has a data source, and it is another one
     */
    public static boolean isOfOtherDataSource(TransactionManager manager, DataSource dataSource) {
        return manager instanceof DataSourceTransactionManager jdbc
                && !Objects.equals(plain(jdbc.getDataSource()), plain(dataSource));
    }

    private static @Nullable DataSource plain(@Nullable DataSource dataSource) {
        return dataSource instanceof DelegatingDataSource proxy ? plain(proxy.getTargetDataSource()) : dataSource;
    }

    /**
     * Returns the connection of the current transaction.
     *
     * @param dataSource the database
     * @param otherwise the message if the transaction is of something else, with the remedy
     * @return the connection, which the transaction commits and closes
     * @throws IllegalStateException if the current transaction has no connection of the data source
     */
    public static Connection connection(DataSource dataSource, String otherwise) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        if (!isInTransaction(connection, dataSource)) {
            DataSourceUtils.releaseConnection(connection, dataSource);
            throw new IllegalStateException(otherwise);
        }
        return connection;
    }

    /** A transaction of another database keeps a connection too, which then commits each statement by itself. */
    private static boolean isInTransaction(Connection connection, DataSource dataSource) {
        try {
            return DataSourceUtils.isConnectionTransactional(connection, dataSource) && !connection.getAutoCommit();
        } catch (SQLException unusable) {
            throw new CannotGetJdbcConnectionException("The state of a connection could not be read", unusable);
        }
    }
}
