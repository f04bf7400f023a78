package dev.respite.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Calls inside an active transaction. */
class NestingGuardTest {

    private final TransactionRetry transactions;
    private final DataSource dataSource;
    private final JdbcTemplate outside;

    NestingGuardTest() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
        dataSource = h2;
        outside = new JdbcTemplate(h2);
        outside.execute("CREATE TABLE sale (number integer)");
        transactions = TransactionRetry.of(
                Retry.withoutWarnings(RetryPolicy.parse("budget=off"), TimeSource.system())
                        .withName("shop"),
                h2);
    }

    private void insert(Connection connection) throws SQLException {
        try (var sql = connection.createStatement()) {
            sql.executeUpdate("INSERT INTO sale VALUES (1)");
        }
    }

    private List<Integer> rows() {
        return outside.queryForList("SELECT number FROM sale", Integer.class);
    }

    private List<String> logged(RunInTest test) throws SQLException {
        List<String> lines = new ArrayList<>();
        Logger logger = Logger.getLogger("dev.respite");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getLevel() + " " + line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            test.run();
        } finally {
            logger.removeHandler(handler);
        }
        return lines;
    }

    @FunctionalInterface
    private interface RunInTest {
        void run() throws SQLException;
    }

    @Test
    void callInsideTheWorkOfAnother_isLoggedOnceOrRefused() throws SQLException {
        List<String> lines = logged(() -> {
            for (int i = 0; i < 2; i++) {
                transactions.run(connection -> transactions.withIdempotentWork().run(this::insert));
            }
        });
        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("WARNING a transaction under the retry 'shop' begins inside the work of another call");
        TransactionRetry refusing = transactions.withActiveTransactionRefused();
        assertThatThrownBy(() -> refusing.run(connection -> refusing.run(this::insert)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Pass the connection of the outer call on instead");
        refusing.run(this::insert);
        assertThat(rows()).hasSize(3);
    }

    @Test
    void callInsideATransactionOfSpring_isLoggedOnceOrRefused() throws SQLException {
        TransactionTemplate spring = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        List<String> lines = logged(() -> spring.executeWithoutResult(status -> {
            assertThatThrownBy(() -> transactions.withActiveTransactionRefused().run(this::insert))
                    .isInstanceOf(IllegalStateException.class);
            try {
                transactions.run(this::insert);
            } catch (SQLException failed) {
                throw new AssertionError(failed);
            }
        }));
        assertThat(lines).singleElement().asString().contains("inside an active transaction of Spring");
        assertThat(rows()).containsExactly(1);
    }

    /** Its commit would commit what Spring may still roll back. */
    @Test
    void callOnTheConnectionOfSpring_failsBeforeItsWorkAndIsNotRetried() {
        List<Integer> attempts = new ArrayList<>();
        TransactionRetry joined = TransactionRetry.of(
                Retry.withoutWarnings(RetryPolicy.parse("budget=off"), TimeSource.system()),
                new TransactionAwareDataSourceProxy(dataSource));
        new TransactionTemplate(new DataSourceTransactionManager(dataSource)).executeWithoutResult(status -> {
            new JdbcTemplate(dataSource).update("INSERT INTO sale VALUES (17)");
            assertThatThrownBy(() -> joined.run(connection -> attempts.add(1)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("a transaction that is running")
                    .hasNoSuppressedExceptions();
            status.setRollbackOnly();
        });
        assertThat(attempts).isEmpty();
        assertThat(rows()).isEmpty();
    }

    @Test
    void callInsideATransactionOfAProxyOfTheDataSource_isRefused() {
        TransactionTemplate spring = new TransactionTemplate(
                new DataSourceTransactionManager(new LazyConnectionDataSourceProxy(dataSource)));
        assertThatThrownBy(() -> spring.executeWithoutResult(status -> insertRefusing()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void callInsideATransactionOfAnotherDataSource_isOutside() {
        JdbcDataSource audit = new JdbcDataSource();
        audit.setURL("jdbc:h2:mem:");
        new TransactionTemplate(new DataSourceTransactionManager(audit))
                .executeWithoutResult(status -> insertRefusing());
        assertThat(rows()).hasSize(1);
    }

    @Test
    void callAfterTheEndOfATransactionOfSpring_isOutside() {
        new TransactionTemplate(new DataSourceTransactionManager(dataSource))
                .executeWithoutResult(status ->
                        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                            @Override
                            public void afterCompletion(int end) {
                                insertRefusing();
                            }
                        }));
        assertThat(rows()).hasSize(1);
    }

    private void insertRefusing() {
        try {
            transactions.withActiveTransactionRefused().run(this::insert);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }
}
