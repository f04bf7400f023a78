package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.spring.ShopFixture.Interfaces;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions of a template. */
class RetryingTransactionsTest {

    @Test
    void transactionTemplate_isRetriedAsAWhole() {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
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

    /** Nothing but {@link RetryingTransactions} observes this manager. */
    @Test
    void transactions_ofAManagerThatIsNoBean_areNotRepeatedAfterALostReply() {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
            JdbcTransactionManager manager = new JdbcTransactionManager(fixture.dataSource);
            TransactionTemplate template = new TransactionTemplate(manager);
            RetryingTransactions transactions = RetryingTransactions.of(TestContext.retry("template"), template);
            fixture.dataSource.loseReplies(1);
            assertThatThrownBy(() -> transactions.executeWithoutResult(status -> fixture.insert()))
                    .hasRootCauseInstanceOf(SQLException.class);
            assertThat(fixture.rows()).containsExactly(1);
            RetryingTransactions.of(TestContext.retry("other"), template);
            assertThat(manager.getTransactionExecutionListeners())
                    .as("once for each manager")
                    .hasSize(1);
        }
    }

    @Test
    void transactionTemplate_insideATransaction_isReportedOrRefused() {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class);
                LogLines lines = new LogLines()) {
            TransactionTemplate outer =
                    new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
            RetryingTransactions transactions = RetryingTransactions.of(TestContext.retry("template"), outer);
            outer.executeWithoutResult(status -> transactions.executeWithoutResult(inner -> fixture.insert()));
            assertThat(lines.containing("a transaction under the retry 'template' is retried inside"))
                    .hasSize(1);
            assertThatThrownBy(() -> outer.executeWithoutResult(status ->
                            transactions.withActiveTransactionRefused().execute(inner -> 1)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void template_ofAManagerWithoutListeners_isRefused() {
        assertThatThrownBy(() -> RetryingTransactions.of(TestContext.retry("template"), new TransactionTemplate()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes no listeners");
    }
}
