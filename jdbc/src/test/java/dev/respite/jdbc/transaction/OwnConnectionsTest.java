package dev.respite.jdbc.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.jdbc.ScriptedDataSource;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** Connections of a data source with each setting, on H2: what is changed, and that it is restored. */
class OwnConnectionsTest {

    private final JdbcDataSource h2 = new JdbcDataSource();
    private final JdbcTemplate outside = new JdbcTemplate(h2);
    private final List<String> methods = new ArrayList<>();

    OwnConnectionsTest() {
        h2.setURL("jdbc:h2:mem:" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
        outside.execute("CREATE TABLE sale (number integer)");
    }

    /** A setting of each connection. */
    @FunctionalInterface
    private interface Setting {
        void on(Connection connection) throws SQLException;
    }

    private ScriptedDataSource dataSource(Setting setting) {
        ScriptedDataSource dataSource = new ScriptedDataSource(new DelegatingDataSource(h2) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                setting.on(connection);
                return connection;
            }
        });
        dataSource.before = method -> {
            methods.add(method);
            return null;
        };
        return dataSource;
    }

    private ScriptedDataSource withAutoCommitOff() {
        return dataSource(connection -> connection.setAutoCommit(false));
    }

    private ScriptedDataSource withIsolation(int level) {
        return dataSource(connection -> connection.setTransactionIsolation(level));
    }

    private static void insert(Connection connection) throws SQLException {
        try (var sql = connection.createStatement()) {
            sql.executeUpdate("INSERT INTO sale VALUES (1)");
        }
    }

    private int rows() {
        return outside.queryForObject("SELECT COUNT(*) FROM sale", Integer.class);
    }

    @Test
    void defaults_areCheckedOnceAndNothingIsChanged() throws SQLException {
        ScriptedDataSource dataSource = dataSource(connection -> {});
        DataSource connections = LocalTransaction.ownConnections(dataSource);
        connections.getConnection().close();
        methods.clear();
        try (Connection connection = connections.getConnection()) {
            insert(connection);
        }
        assertThat(methods).containsExactly("getConnection", "getAutoCommit", "createStatement", "close");
        try (LocalTransaction transaction = LocalTransaction.begin(connections)) {
            transaction.commit();
        }
        assertThat(dataSource.calls)
                .containsExactly("close", "close", "autoCommit false", "commit", "autoCommit true", "close");
        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void statement_withAutoCommitOff_isCommittedByItselfAndTheSettingIsRestored() throws SQLException {
        ScriptedDataSource dataSource = withAutoCommitOff();
        DataSource connections = LocalTransaction.ownConnections(dataSource);
        try (Connection connection = connections.getConnection()) {
            insert(connection);
            assertThat(rows()).isEqualTo(1);
            // A second close has no effect.
            connection.close();
        }
        assertThat(dataSource.calls).containsExactly("autoCommit true", "autoCommit false", "close", "close");
    }

    @Test
    void transaction_withAutoCommitOff_isCommittedOrRolledBack() throws SQLException {
        ScriptedDataSource dataSource = withAutoCommitOff();
        DataSource connections = LocalTransaction.ownConnections(dataSource);
        try (LocalTransaction transaction = LocalTransaction.begin(connections)) {
            insert(transaction.connection());
        }
        assertThat(rows()).isZero();
        try (LocalTransaction transaction = LocalTransaction.begin(connections)) {
            insert(transaction.connection());
            transaction.commit();
        }
        assertThat(rows()).isEqualTo(1);
        assertThat(dataSource.calls).containsExactly("rollback", "close", "commit", "close");
    }

    static Stream<Throwable> kinds() {
        return ScriptedDataSource.everyKind();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void setting_thatCannotBeRestored_abortsTheConnection(Throwable thrown) throws SQLException {
        ScriptedDataSource dataSource = withAutoCommitOff();
        Connection connection = LocalTransaction.ownConnections(dataSource).getConnection();
        insert(connection);
        dataSource.before = method -> method.equals("setAutoCommit") ? thrown : null;
        connection.close();
        assertThat(dataSource.calls).containsExactly("autoCommit true", "autoCommit false", "abort", "close");
        assertThat(rows()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void setting_thatCannotBeChanged_isReportedAndTheOthersAreRestored(Throwable thrown) throws SQLException {
        ScriptedDataSource dataSource = dataSource(connection -> {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        });
        dataSource.before = method -> method.equals("setTransactionIsolation") ? thrown : null;
        DataSource connections = LocalTransaction.ownConnections(dataSource);
        assertThat(catchThrowable(connections::getConnection)).isSameAs(thrown);
        assertThat(dataSource.calls).startsWith("autoCommit true").endsWith("abort", "close");
        assertThat(catchThrowable(() -> LocalTransaction.begin(connections))).isSameAs(thrown);
        assertThat(dataSource.open).isZero();
    }

    @Test
    void isolationThatFailsOnConcurrentChanges_isReplacedAndRestored() throws SQLException {
        for (int level : new int[] {Connection.TRANSACTION_SERIALIZABLE, Connection.TRANSACTION_REPEATABLE_READ}) {
            SingleConnectionDataSource only = new SingleConnectionDataSource(h2.getConnection(), true);
            only.getConnection().setTransactionIsolation(level);
            DataSource connections = LocalTransaction.ownConnections(only);
            for (int i = 0; i < 2; i++) {
                try (Connection connection = connections.getConnection()) {
                    assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                }
                assertThat(only.getConnection().getTransactionIsolation()).isEqualTo(level);
                try (LocalTransaction transaction = LocalTransaction.begin(connections)) {
                    assertThat(transaction.connection().getTransactionIsolation())
                            .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
                    transaction.commit();
                }
                assertThat(only.getConnection().getTransactionIsolation()).isEqualTo(level);
                assertThat(only.getConnection().getAutoCommit()).isTrue();
            }
            only.destroy();
        }
    }

    @Test
    void bothSettings_areRestored() throws SQLException {
        SingleConnectionDataSource only = new SingleConnectionDataSource(h2.getConnection(), true);
        Connection connection = only.getConnection();
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        try (Connection own = LocalTransaction.ownConnections(only).getConnection()) {
            insert(own);
        }
        assertThat(connection.getAutoCommit()).isFalse();
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        assertThat(rows()).isEqualTo(1);
        only.destroy();
    }

    @Test
    void readUncommitted_isRefusedAtEachUse() {
        ScriptedDataSource dataSource = withIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
        DataSource connections = LocalTransaction.ownConnections(dataSource);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(connections::getConnection)
                    .isInstanceOf(UnfitConnectionException.class)
                    .hasMessageContaining("READ UNCOMMITTED");
            assertThatThrownBy(() -> LocalTransaction.begin(connections)).isInstanceOf(UnfitConnectionException.class);
        }
        assertThat(dataSource.open).isZero();
    }

    /** As those of a pool with that setting. */
    @Test
    void readOnlyConnections_areRefused() {
        ScriptedDataSource dataSource = dataSource(connection -> {});
        DataSource proxied = new DelegatingDataSource(dataSource) {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = super.getConnection();
                return (Connection) Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("isReadOnly") ? true : method.invoke(connection, arguments));
            }
        };
        assertThatThrownBy(() -> LocalTransaction.ownConnections(proxied).getConnection())
                .isInstanceOf(UnfitConnectionException.class)
                .hasMessageContaining("spring.datasource.hikari.read-only");
        assertThat(dataSource.open).isZero();
    }

    /** The setting of the application's transactions remains. */
    @Test
    void transactionOfTheApplication_keepsItsIsolation() throws SQLException {
        ScriptedDataSource dataSource = withIsolation(Connection.TRANSACTION_SERIALIZABLE);
        try (LocalTransaction transaction = LocalTransaction.begin(dataSource)) {
            assertThat(transaction.connection().getTransactionIsolation())
                    .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
        }
    }

    private void assertAllRefused(DataSource dataSource) {
        DataSource connections = LocalTransaction.ownConnections(dataSource);
        for (var opens : List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                connections::getConnection,
                () -> LocalTransaction.begin(connections),
                () -> LocalTransaction.begin(dataSource))) {
            assertThatThrownBy(opens)
                    .isInstanceOf(UnfitConnectionException.class)
                    .hasMessageContaining("a transaction that is running");
        }
    }

    @Test
    void connectionInATransaction_isRefusedAndLeftAsItIs() throws SQLException {
        Connection open = h2.getConnection();
        open.setAutoCommit(false);
        insert(open);
        ScriptedDataSource joined = new ScriptedDataSource(new SingleConnectionDataSource(open, true));
        assertAllRefused(joined);
        assertThat(joined.calls).containsExactly("close", "close", "close");
        open.rollback();
        assertThat(rows()).isZero();
        open.close();
    }

    /** Spring may have sent no statement yet, so that the database has no transaction. */
    @Test
    void connectionOfATransactionOfSpring_isRefusedAndLeftAsItIs() {
        DataSource aware = new DelegatingDataSource(new TransactionAwareDataSourceProxy(h2));
        TransactionTemplate spring = new TransactionTemplate(new DataSourceTransactionManager(h2));
        spring.executeWithoutResult(status -> {
            assertAllRefused(aware);
            new JdbcTemplate(h2).update("INSERT INTO sale VALUES (1)");
            assertAllRefused(aware);
            status.setRollbackOnly();
        });
        assertThat(rows()).isZero();
    }

    /** It returns connections of its own, as the pool does. */
    @Test
    void anotherProxyOfSpring_isNotRefusedInATransaction() {
        DataSource pool = withAutoCommitOff();
        LazyConnectionDataSourceProxy lazy = new LazyConnectionDataSourceProxy(pool);
        lazy.setDefaultAutoCommit(false);
        TransactionTemplate spring = new TransactionTemplate(new DataSourceTransactionManager(lazy));
        spring.executeWithoutResult(status -> {
            new JdbcTemplate(lazy).update("INSERT INTO sale VALUES (1)");
            try (LocalTransaction transaction = LocalTransaction.begin(LocalTransaction.ownConnections(lazy))) {
                insert(transaction.connection());
                transaction.commit();
            } catch (SQLException failed) {
                throw new AssertionError(failed);
            }
            assertThat(rows()).isEqualTo(1);
            status.setRollbackOnly();
        });
        assertThat(rows()).isEqualTo(1);
    }
}
