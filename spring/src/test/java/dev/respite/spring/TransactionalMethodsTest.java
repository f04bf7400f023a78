package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.RetryEvent;
import dev.respite.outcome.StopReason;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionInterceptor;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's own transaction interceptor inside the retry, on H2 behind a data source that loses commits. */
class TransactionalMethodsTest {

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

    private static final class Fixture implements AutoCloseable {
        final AnnotationConfigApplicationContext context;
        final Shop shop;
        final JdbcTemplate jdbc;
        final LossyDataSource dataSource;
        final List<StopReason> ends = new ArrayList<>();
        int runs;

        Fixture(Class<?> configuration) {
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

    @ParameterizedTest
    @ValueSource(classes = {Interfaces.class, ClassesAndFirst.class, OldManager.class})
    void attempts_areTransactionsOfTheirOwn(Class<?> configuration) throws Exception {
        try (Fixture fixture = new Fixture(configuration)) {
            fixture.shop.buy(() -> {
                fixture.insert();
                assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                        .isTrue();
                if (fixture.runs < 3) {
                    throw new CannotAcquireLockException("deadlock");
                }
            });
            assertThat(fixture.rows()).containsExactly(3);
            assertThat(fixture.ends).containsExactly(StopReason.ACCEPTED);
        }
    }

    @Test
    void advice_isInFrontOfTheTransactions() throws Exception {
        try (Fixture fixture = new Fixture(ClassesAndFirst.class)) {
            Advised advised = (Advised) fixture.shop;
            assertThat(advised.getAdvisors()[0].getAdvice()).isInstanceOf(RespiteAdvice.class);
            assertThat(advised.getAdvisors()[1].getAdvice()).isInstanceOf(TransactionInterceptor.class);
        }
    }

    @Test
    void failure_thatIsNotTransient_leavesNoRow() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class)) {
            IllegalArgumentException failure = new IllegalArgumentException();
            assertThatThrownBy(() -> fixture.shop.buy(() -> {
                        fixture.insert();
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThat(fixture.rows()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Interfaces.class, ClassesAndFirst.class, OldManager.class})
    void commit_withoutAReply_isNotRepeated(Class<?> configuration) throws Exception {
        try (Fixture fixture = new Fixture(configuration)) {
            fixture.dataSource.loseReplies(1);
            assertThatThrownBy(() -> fixture.shop.buy(fixture::insert)).hasRootCauseInstanceOf(SQLException.class);
            assertThat(fixture.runs).isEqualTo(1);
            assertThat(fixture.rows()).containsExactly(1);
            assertThat(fixture.ends).containsExactly(StopReason.NOT_IDEMPOTENT);
        }
    }

    @Test
    void commit_withoutAReplyOfIdempotentWork_isRepeated() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class)) {
            fixture.dataSource.loseReplies(1);
            fixture.shop.declaredIdempotent(fixture::insert);
            assertThat(fixture.rows()).containsExactly(1, 2);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Interfaces.class, OldManager.class})
    void commit_thatTheDatabaseRejects_isRepeated(Class<?> configuration) throws Exception {
        try (Fixture fixture = new Fixture(configuration)) {
            fixture.dataSource.rejectCommits(2, "40001");
            fixture.shop.buy(fixture::insert);
            assertThat(fixture.rows()).containsExactly(3);
        }
    }

    @Test
    void connectionThatBreaksBeforeTheCommit_isRepeated() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class)) {
            fixture.shop.buy(() -> {
                fixture.insert();
                if (fixture.runs < 3) {
                    throw new SQLException("the connection is broken", "08006");
                }
            });
            assertThat(fixture.rows()).containsExactly(3);
        }
    }

    @Test
    void failureAfterTheCommit_isNotRepeatedAndLoggedOnce() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class);
                LogLines lines = new LogLines()) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> fixture.shop.buy(() -> {
                            fixture.insert();
                            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                                @Override
                                public void afterCommit() {
                                    throw new IllegalStateException(new SocketTimeoutException("mail"));
                                }
                            });
                        }))
                        .hasRootCauseInstanceOf(SocketTimeoutException.class);
            }
            assertThat(fixture.rows()).containsExactly(1, 2);
            assertThat(lines.containing("failed after a transaction of the attempt was committed"))
                    .singleElement()
                    .asString()
                    .contains("TeaShop.buy(Work)");
        }
    }

    @Test
    void stageThatFailsAfterTheCommit_isNotRepeated() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class)) {
            CompletableFuture<String> call = fixture.shop.later(() -> {
                fixture.insert();
                return CompletableFuture.failedFuture(new ConnectException("refused"));
            });
            assertThat(call).isCompletedExceptionally();
            assertThat(fixture.rows()).containsExactly(1);
            assertThat(fixture.ends).containsExactly(StopReason.NOT_IDEMPOTENT);
        }
    }

    @Test
    void failureAfterAnInnerCommit_isNotRepeated() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class)) {
            TransactionTemplate inner =
                    new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
            assertThatThrownBy(() -> fixture.shop.withoutATransaction(() -> {
                        inner.executeWithoutResult(status -> fixture.insert());
                        throw new ConnectException("refused");
                    }))
                    .isInstanceOf(ConnectException.class);
            assertThat(fixture.rows()).containsExactly(1);
        }
    }

    @Test
    void failureAfterAReadOnlyTransaction_isRepeated() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class)) {
            TransactionTemplate reading =
                    new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
            reading.setReadOnly(true);
            int[] runs = {0};
            fixture.shop.withoutATransaction(() -> {
                reading.executeWithoutResult(status -> fixture.rows());
                if (++runs[0] < 3) {
                    throw new ConnectException("refused");
                }
            });
            assertThat(runs[0]).isEqualTo(3);
        }
    }

    @Test
    void independentTransactionInsideOfTheAttempts_doesNotEndTheCall() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class)) {
            TransactionTemplate audit =
                    new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
            audit.setPropagationBehavior(TransactionTemplate.PROPAGATION_REQUIRES_NEW);
            fixture.shop.audited(() -> {
                audit.executeWithoutResult(status -> fixture.insert());
                if (fixture.runs < 3) {
                    throw new OptimisticLockingFailureException("conflict");
                }
            });
            assertThat(fixture.rows()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void callInsideATransaction_isLoggedOncePerMethod() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class);
                LogLines lines = new LogLines()) {
            TransactionTemplate outer =
                    new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
            outer.setName("checkout");
            for (int i = 0; i < 2; i++) {
                outer.executeWithoutResult(status -> {
                    assertThatCode(() -> fixture.shop.buy(fixture::insert)).doesNotThrowAnyException();
                    assertThatCode(() -> fixture.shop.inANewTransaction(fixture::insert))
                            .doesNotThrowAnyException();
                });
            }
            assertThat(lines.containing("is retried inside the active transaction 'checkout'"))
                    .singleElement()
                    .asString()
                    .contains("TeaShop.buy(Work)", "Retry the outer transaction instead");
        }
    }

    @Test
    void callInsideATransaction_byChoice_isRefused() throws Exception {
        try (Fixture fixture = new Fixture(Refusing.class)) {
            TransactionTemplate outer =
                    new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
            outer.executeWithoutResult(status -> assertThatThrownBy(() -> fixture.shop.buy(fixture::insert))
                    .isInstanceOf(IllegalTransactionStateException.class));
            assertThat(fixture.runs).isZero();
            fixture.shop.buy(fixture::insert);
            assertThat(fixture.rows()).containsExactly(1);
        }
    }

    @Test
    void attempts_leaveNothingOnTheThread() throws Exception {
        try (Fixture fixture = new Fixture(Interfaces.class)) {
            fixture.shop.buy(fixture::insert);
            assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        }
    }

    static class Outer {
        @Autowired
        Shop shop;

        @Respite("payments")
        public void twice(Work work) throws Exception {
            shop.buy(work);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Import({Interfaces.class, Outer.class})
    static class Nested {}

    @Test
    void commitWithoutAReply_ofANestedCall_isNotRepeatedByTheOuterOne() throws Exception {
        try (Fixture fixture = new Fixture(Nested.class)) {
            fixture.dataSource.loseReplies(1);
            Outer outer = fixture.context.getBean(Outer.class);
            assertThatThrownBy(() -> outer.twice(fixture::insert)).hasRootCauseInstanceOf(SQLException.class);
            assertThat(fixture.rows()).containsExactly(1);
            assertThat(fixture.ends).containsExactly(StopReason.NOT_IDEMPOTENT, StopReason.NOT_IDEMPOTENT);
        }
    }

    @Test
    void transactionTemplate_isRetriedAsAWhole() {
        try (Fixture fixture = new Fixture(Interfaces.class)) {
            RetryingTransactions transactions = RetryingTransactions.of(
                    TestContext.retry("template"),
                    new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class)));
            Integer runs = transactions.execute(status -> {
                fixture.insert();
                if (fixture.runs < 3) {
                    throw new CannotAcquireLockException("deadlock");
                }
                return fixture.runs;
            });
            assertThat(runs).isEqualTo(3);
            fixture.dataSource.rejectCommits(1, "40001");
            transactions.executeWithoutResult(status -> fixture.insert());
            assertThat(fixture.rows()).containsExactly(3, 5);
            fixture.dataSource.loseReplies(1);
            assertThatThrownBy(() -> transactions.executeWithoutResult(status -> fixture.insert()))
                    .hasRootCauseInstanceOf(SQLException.class);
            fixture.dataSource.loseReplies(1);
            transactions.withIdempotentWork().executeWithoutResult(status -> fixture.insert());
            assertThat(fixture.rows()).containsExactly(3, 5, 6, 7, 8);
        }
    }

    @Test
    void transactionTemplate_insideATransaction_isReportedOrRefused() {
        try (Fixture fixture = new Fixture(Interfaces.class);
                LogLines lines = new LogLines()) {
            TransactionTemplate outer =
                    new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
            RetryingTransactions transactions = RetryingTransactions.of(TestContext.retry("template"), outer);
            outer.executeWithoutResult(status -> transactions.executeWithoutResult(inner -> fixture.insert()));
            assertThat(lines.containing("a transaction under the retry 'template' is retried inside"))
                    .hasSize(1);
            assertThatThrownBy(() -> outer.executeWithoutResult(status ->
                            transactions.withActiveTransactionRefused().execute(inner -> 1)))
                    .isInstanceOf(IllegalTransactionStateException.class);
        }
    }

    @Test
    void template_ofAManagerWithoutListeners_isRefused() {
        assertThatThrownBy(() -> RetryingTransactions.of(TestContext.retry("template"), new TransactionTemplate()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes no listeners");
    }
}
