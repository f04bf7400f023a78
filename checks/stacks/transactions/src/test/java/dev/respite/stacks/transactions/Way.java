package dev.respite.stacks.transactions;

import dev.respite.Retry;
import dev.respite.jdbc.TransactionRetry;
import dev.respite.spring.EnableRespite;
import dev.respite.spring.Respite;
import dev.respite.spring.Retries;
import dev.respite.spring.RetryingTransactions;
import java.sql.SQLException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** The ways to retry a transaction. */
enum Way {
    PLAIN_JDBC {
        @Override
        Transactions transactions(Retry retry, DataSource pool) {
            TransactionRetry transactions = TransactionRetry.of(retry, pool);
            return work -> transactions.run(
                    connection -> work.accept(new JdbcTemplate(new SingleConnectionDataSource(connection, true))));
        }
    },

    TEMPLATE {
        @Override
        Transactions transactions(Retry retry, DataSource pool) {
            RetryingTransactions transactions =
                    RetryingTransactions.of(retry, new TransactionTemplate(new DataSourceTransactionManager(pool)));
            JdbcTemplate jdbc = new JdbcTemplate(pool);
            return work -> transactions.executeWithoutResult(status -> work.accept(jdbc));
        }
    },

    ANNOTATED {
        @Override
        Transactions transactions(Retry retry, DataSource pool) {
            AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
            context.registerBean(Retries.class, () -> Retries.of(retry.withName("bank")));
            context.registerBean(JdbcTemplate.class, () -> new JdbcTemplate(pool));
            context.registerBean(PlatformTransactionManager.class, () -> new JdbcTransactionManager(pool));
            context.register(Application.class, Bank.class);
            context.refresh();
            Bank bank = context.getBean(Bank.class);
            return bank::run;
        }
    };

    @FunctionalInterface
    interface Transactions {
        void run(Consumer<JdbcTemplate> work) throws SQLException;
    }

    abstract Transactions transactions(Retry retry, DataSource pool);

    @Configuration(proxyBeanMethods = false)
    @EnableRespite
    @EnableTransactionManagement
    static class Application {}

    static class Bank {
        private final JdbcTemplate jdbc;

        Bank(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @Respite("bank")
        @Transactional
        public void run(Consumer<JdbcTemplate> work) {
            work.accept(jdbc);
        }
    }
}
