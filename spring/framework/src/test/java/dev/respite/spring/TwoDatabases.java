package dev.respite.spring;

import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.interceptor.TransactionAspectSupport;

/** Orders in one database and an audit in another, each with its transaction manager. */
final class TwoDatabases implements AutoCloseable {

    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Published in a transaction; the listener of its phase runs the work. */
    record Event(TransactionPhase phase, Work work) {}

    record AsyncEvent(CompletableFuture<String> end, Work work) {}

    static class Orders {
        @Transactional(rollbackFor = Exception.class)
        public void unretried(Work work) throws Exception {
            work.run();
        }

        @Respite("payments")
        @Transactional(rollbackFor = Exception.class)
        public void required(Work work) throws Exception {
            work.run();
        }

        @Respite("payments")
        @Transactional(propagation = Propagation.REQUIRES_NEW, rollbackFor = Exception.class)
        public void requiresNew(Work work) throws Exception {
            work.run();
        }

        @Respite("payments")
        @Transactional(propagation = Propagation.NESTED, rollbackFor = Exception.class)
        public void nested(Work work) throws Exception {
            work.run();
        }

        @Transactional(propagation = Propagation.NESTED, rollbackFor = Exception.class)
        public void savepoint(Work work) throws Exception {
            work.run();
        }

        @Transactional(propagation = Propagation.NOT_SUPPORTED)
        public void suspended(Work work) throws Exception {
            work.run();
        }

        @Respite("payments")
        public void plain(Work work) throws Exception {
            work.run();
        }
    }

    static class Audit {
        @Transactional(transactionManager = "auditTx", rollbackFor = Exception.class)
        public void unretried(Work work) throws Exception {
            work.run();
        }

        @Respite("payments")
        @Transactional(transactionManager = "auditTx", rollbackFor = Exception.class)
        public void required(Work work) throws Exception {
            work.run();
        }

        @Respite("payments")
        @Transactional(
                transactionManager = "auditTx",
                propagation = Propagation.REQUIRES_NEW,
                rollbackFor = Exception.class)
        public void requiresNew(Work work) throws Exception {
            work.run();
        }

        @Respite("payments")
        @Transactional(transactionManager = "auditTx", propagation = Propagation.NESTED, rollbackFor = Exception.class)
        public void nested(Work work) throws Exception {
            work.run();
        }
    }

    /** Listeners are not retried: a retried method is called by the work. */
    static class Listeners {
        @TransactionalEventListener(
                condition = "#a0.phase.name() == 'BEFORE_COMMIT'",
                phase = TransactionPhase.BEFORE_COMMIT)
        public void beforeCommit(Event event) throws Exception {
            event.work.run();
        }

        @TransactionalEventListener(condition = "#a0.phase.name() == 'AFTER_COMMIT'")
        public void afterCommit(Event event) throws Exception {
            event.work.run();
        }

        @TransactionalEventListener(
                condition = "#a0.phase.name() == 'AFTER_ROLLBACK'",
                phase = TransactionPhase.AFTER_ROLLBACK)
        public void afterRollback(Event event) throws Exception {
            event.work.run();
        }

        @TransactionalEventListener(
                condition = "#a0.phase.name() == 'AFTER_COMPLETION'",
                phase = TransactionPhase.AFTER_COMPLETION)
        public void afterCompletion(Event event) throws Exception {
            event.work.run();
        }

        @Respite("payments")
        @TransactionalEventListener
        public void retried(Work work) throws Exception {
            work.run();
        }

        @Async
        @Respite("payments")
        @Transactional(propagation = Propagation.REQUIRES_NEW, rollbackFor = Exception.class)
        @TransactionalEventListener
        public void asynchronous(AsyncEvent event) {
            try {
                event.work.run();
                event.end.complete("done");
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(proxyTargetClass = true)
    @EnableAsync(proxyTargetClass = true)
    static class Application {
        @Bean
        @Primary
        DataSource orders() {
            return database("orders");
        }

        @Bean
        DataSource audit() {
            return database("audit");
        }

        private static DataSource database(String name) {
            JdbcDataSource h2 = new JdbcDataSource();
            h2.setURL("jdbc:h2:mem:" + name + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
            new JdbcTemplate(h2).execute("CREATE TABLE entry (number integer)");
            return h2;
        }

        @Bean
        @Primary
        PlatformTransactionManager ordersTx(DataSource orders) {
            return new JdbcTransactionManager(orders);
        }

        @Bean
        PlatformTransactionManager auditTx(@Qualifier("audit") DataSource audit) {
            return new JdbcTransactionManager(audit);
        }

        @Bean
        Orders orderService() {
            return new Orders();
        }

        @Bean
        Audit auditService() {
            return new Audit();
        }

        @Bean
        Listeners listeners() {
            return new Listeners();
        }
    }

    final AnnotationConfigApplicationContext context;
    final Orders orders;
    final Audit audit;
    private final JdbcTemplate orderRows;
    private final JdbcTemplate auditRows;
    int attempts;

    TwoDatabases(InsideTransaction choice) {
        this(choice, context -> {});
    }

    TwoDatabases(InsideTransaction choice, Consumer<AnnotationConfigApplicationContext> setUp) {
        context = TestContext.start(starting -> {
            starting.register(Application.class);
            starting.registerBean(InsideTransaction.class, () -> choice);
            setUp.accept(starting);
        });
        orders = context.getBean(Orders.class);
        audit = context.getBean(Audit.class);
        orderRows = new JdbcTemplate(context.getBean("orders", DataSource.class));
        auditRows = new JdbcTemplate(context.getBean("audit", DataSource.class));
    }

    void insertOrder() {
        orderRows.update("INSERT INTO entry VALUES (?)", attempts);
    }

    void insertAudit() {
        auditRows.update("INSERT INTO entry VALUES (?)", attempts);
    }

    int orderRows() {
        return orderRows.queryForObject("SELECT count(*) FROM entry", Integer.class);
    }

    int auditRows() {
        return auditRows.queryForObject("SELECT count(*) FROM entry", Integer.class);
    }

    /** Fails before the third attempt. */
    void failTwice() throws ConnectException {
        if (attempts < 3) {
            throw new ConnectException("refused");
        }
    }

    /** Publishes an event in a transaction of the orders, which is rolled back if its listener waits for that. */
    void publish(TransactionPhase phase, Work work) throws Exception {
        orders.unretried(() -> {
            insertOrder();
            context.publishEvent(new Event(phase, work));
            if (phase == TransactionPhase.AFTER_ROLLBACK) {
                TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
            }
        });
    }

    @Override
    public void close() {
        context.close();
    }
}
