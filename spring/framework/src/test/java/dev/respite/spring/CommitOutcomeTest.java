package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.StopReason;
import dev.respite.spring.ShopFixture.ClassesAndFirst;
import dev.respite.spring.ShopFixture.Interfaces;
import dev.respite.spring.ShopFixture.OldManager;
import dev.respite.spring.ShopFixture.Shop;
import dev.respite.spring.ShopFixture.Work;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Repetition after a commit, and after one without a response. */
class CommitOutcomeTest {

    @ParameterizedTest
    @ValueSource(classes = {Interfaces.class, ClassesAndFirst.class, OldManager.class})
    void commit_withoutAReply_isNotRepeated(Class<?> configuration) throws Exception {
        try (ShopFixture fixture = new ShopFixture(configuration)) {
            fixture.dataSource.loseReplies(1);
            assertThatThrownBy(() -> fixture.shop.buy(fixture::insert)).hasRootCauseInstanceOf(SQLException.class);
            assertThat(fixture.runs).isEqualTo(1);
            assertThat(fixture.rows()).containsExactly(1);
            assertThat(fixture.ends).containsExactly(StopReason.NOT_IDEMPOTENT);
        }
    }

    @Test
    void commit_whoseFailuresDisagree_isNotRepeated() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
            fixture.dataSource.loseRepliesAfterAConflict(1);
            assertThatThrownBy(() -> fixture.shop.buy(fixture::insert)).hasRootCauseInstanceOf(SQLException.class);
            assertThat(fixture.rows()).containsExactly(1);
        }
    }

    @Test
    void commit_withoutAReplyOfIdempotentWork_isRepeated() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
            fixture.dataSource.loseReplies(1);
            fixture.shop.declaredIdempotent(fixture::insert);
            assertThat(fixture.rows()).containsExactly(1, 2);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Interfaces.class, OldManager.class})
    void commit_thatTheDatabaseRejects_isRepeated(Class<?> configuration) throws Exception {
        try (ShopFixture fixture = new ShopFixture(configuration)) {
            fixture.dataSource.rejectCommits(2, "40001");
            fixture.shop.buy(fixture::insert);
            assertThat(fixture.rows()).containsExactly(3);
        }
    }

    @Test
    void failureAfterTheCommit_isNotRepeatedAndLoggedOnce() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class);
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
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
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
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
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
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
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
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
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

    private static TransactionTemplate template(ShopFixture fixture) {
        return new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
    }

    private static void assertNotRepeatedBecauseOfACommit(ShopFixture fixture, Work work) {
        assertNotRepeatedBecauseOfACommit(fixture, work, new ConnectException("refused"));
    }

    private static void assertNotRepeatedBecauseOfACommit(ShopFixture fixture, Work work, Exception failure) {
        assertThatThrownBy(() -> fixture.shop.withoutATransaction(() -> {
                    work.run();
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(fixture.rows()).containsExactly(1);
    }

    @Test
    void failureAfterTheCommitOfANestedCall_isNotRepeated() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
            assertNotRepeatedBecauseOfACommit(fixture, () -> fixture.shop.buy(fixture::insert));
        }
    }

    @Test
    void failureInsteadOfALostReplyToANestedCall_isNotRepeated() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
            fixture.dataSource.loseReplies(1);
            assertNotRepeatedBecauseOfACommit(
                    fixture,
                    () -> assertThatThrownBy(() -> fixture.shop.buy(fixture::insert))
                            .hasRootCauseInstanceOf(SQLException.class));
        }
    }

    @Test
    void failureAfterACommitThatFollowsANestedCall_isNotRepeated() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
            assertNotRepeatedBecauseOfACommit(fixture, () -> {
                fixture.shop.withoutATransaction(() -> {});
                template(fixture).executeWithoutResult(status -> fixture.insert());
            });
        }
    }

    @Test
    void failureAfterANestedCommitThatFollowsARollback_isNotRepeated() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
            assertNotRepeatedBecauseOfACommit(fixture, () -> {
                template(fixture).executeWithoutResult(TransactionStatus::setRollbackOnly);
                fixture.shop.buy(fixture::insert);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Interfaces.class, OldManager.class})
    void failureAfterANestedCommitThatFollowsARejectedOne_isNotRepeated(Class<?> configuration) throws Exception {
        try (ShopFixture fixture = new ShopFixture(configuration)) {
            fixture.dataSource.rejectCommits(1, "40001");
            Work work = () -> {
                assertThatThrownBy(() -> template(fixture).executeWithoutResult(status -> {}))
                        .hasRootCauseInstanceOf(SQLException.class);
                fixture.shop.buy(fixture::insert);
            };
            assertNotRepeatedBecauseOfACommit(fixture, work, new OptimisticLockingFailureException("conflict"));
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
        try (ShopFixture fixture = new ShopFixture(Nested.class)) {
            fixture.dataSource.loseReplies(1);
            Outer outer = fixture.context.getBean(Outer.class);
            assertThatThrownBy(() -> outer.twice(fixture::insert)).hasRootCauseInstanceOf(SQLException.class);
            assertThat(fixture.rows()).containsExactly(1);
            assertThat(fixture.ends).containsExactly(StopReason.NOT_IDEMPOTENT, StopReason.NOT_IDEMPOTENT);
        }
    }
}
