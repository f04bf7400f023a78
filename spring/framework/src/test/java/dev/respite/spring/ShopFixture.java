package dev.respite.spring;

import dev.respite.RetryEvent;
import dev.respite.outcome.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A shop whose methods are transactional and retried, on H2 behind a data source that loses commits. */
final class ShopFixture implements AutoCloseable {

    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    interface Shop {
        void buy(Work work) throws Exception;

        void declaredIdempotent(Work work) throws Exception;

        void audited(Work work) throws Exception;

        void inANewTransaction(Work work) throws Exception;

        void withoutATransaction(Work work) throws Exception;

        CompletableFuture<String> later(Supplier<CompletableFuture<String>> work);
    }

    static class TeaShop implements Shop {
        @Override
        @Transactional(rollbackFor = Exception.class)
        @Respite("payments")
        public void buy(Work work) throws Exception {
            work.run();
        }

        @Override
        @Respite(value = "payments", idempotent = true)
        @Transactional(rollbackFor = Exception.class)
        public void declaredIdempotent(Work work) throws Exception {
            work.run();
        }

        @Override
        @Respite("payments")
        @Transactional(rollbackFor = Exception.class)
        public void audited(Work work) throws Exception {
            work.run();
        }

        @Override
        @Respite("payments")
        @Transactional(rollbackFor = Exception.class, propagation = Propagation.REQUIRES_NEW)
        public void inANewTransaction(Work work) throws Exception {
            work.run();
        }

        @Override
        @Respite("payments")
        @Transactional
        public CompletableFuture<String> later(Supplier<CompletableFuture<String>> work) {
            CompletableFuture<String> stage = new CompletableFuture<>();
            CompletableFuture<String> source = work.get();
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCompletion(int status) {
                    source.whenComplete((value, error) -> stage.completeExceptionally(error));
                }
            });
            return stage;
        }

        @Override
        @Respite("payments")
        public void withoutATransaction(Work work) throws Exception {
            work.run();
        }
    }

    /** The transactions of the classes that use it. */
    @Configuration(proxyBeanMethods = false)
    static class Database {
        @Bean
        LossyDataSource dataSource() {
            JdbcDataSource h2 = new JdbcDataSource();
            h2.setURL("jdbc:h2:mem:" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
            new JdbcTemplate(h2).execute("CREATE TABLE sale (number integer)");
            return new LossyDataSource(h2);
        }

        @Bean
        JdbcTemplate jdbc(DataSource dataSource) {
            return new JdbcTemplate(dataSource);
        }

        @Bean
        PlatformTransactionManager transactions(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }

        @Bean
        Shop shop() {
            return new TeaShop();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    @Import(Database.class)
    static class Interfaces {}

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(proxyTargetClass = true, order = Ordered.HIGHEST_PRECEDENCE)
    @Import(Database.class)
    static class ClassesAndFirst {}

    @Configuration(proxyBeanMethods = false)
    @Import(Interfaces.class)
    static class OldManager {
        @Bean
        PlatformTransactionManager transactions(DataSource dataSource) {
            return new DataSourceTransactionManager(dataSource);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import(Interfaces.class)
    static class Refusing {
        @Bean
        InsideTransaction insideTransaction() {
            return InsideTransaction.REFUSE;
        }
    }

    final AnnotationConfigApplicationContext context;
    final Shop shop;
    final JdbcTemplate jdbc;
    final LossyDataSource dataSource;
    final List<StopReason> ends = new ArrayList<>();
    int runs;

    ShopFixture(Class<?> configuration) {
        context = TestContext.start(starting -> {
            starting.register(configuration);
            starting.registerBean(
                    "listened",
                    Retries.class,
                    () -> Retries.of(TestContext.retry("payments").withListener(event -> {
                        if (event instanceof RetryEvent.CallEnded ended) {
                            ends.add(ended.reason());
                        }
                    })),
                    definition -> definition.setPrimary(true));
        });
        shop = context.getBean(Shop.class);
        jdbc = context.getBean(JdbcTemplate.class);
        dataSource = context.getBean(LossyDataSource.class);
    }

    void insert() {
        runs++;
        jdbc.update("INSERT INTO sale VALUES (?)", runs);
    }

    List<Integer> rows() {
        return jdbc.queryForList("SELECT number FROM sale ORDER BY number", Integer.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
