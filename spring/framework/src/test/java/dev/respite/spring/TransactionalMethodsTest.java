package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.StopReason;
import dev.respite.spring.ShopFixture.ClassesAndFirst;
import dev.respite.spring.ShopFixture.Interfaces;
import dev.respite.spring.ShopFixture.OldManager;
import dev.respite.spring.ShopFixture.Refusing;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.Advised;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.interceptor.TransactionInterceptor;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Attempts of transactional methods, with Spring's own transaction interceptor inside of the retry. */
class TransactionalMethodsTest {

    @ParameterizedTest
    @ValueSource(classes = {Interfaces.class, ClassesAndFirst.class, OldManager.class})
    void attempts_areTransactionsOfTheirOwn(Class<?> configuration) throws Exception {
        try (ShopFixture fixture = new ShopFixture(configuration)) {
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
        try (ShopFixture fixture = new ShopFixture(ClassesAndFirst.class)) {
            Advised advised = (Advised) fixture.shop;
            assertThat(advised.getAdvisors()[0].getAdvice()).isInstanceOf(RespiteAdvice.class);
            assertThat(advised.getAdvisors()[1].getAdvice()).isInstanceOf(TransactionInterceptor.class);
        }
    }

    @Test
    void failure_thatIsNotTransient_leavesNoRow() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
            IllegalArgumentException failure = new IllegalArgumentException();
            assertThatThrownBy(() -> fixture.shop.buy(() -> {
                        fixture.insert();
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThat(fixture.rows()).isEmpty();
        }
    }

    @Test
    void connectionThatBreaksBeforeTheCommit_isRepeated() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
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
    void callInsideATransaction_isLoggedOncePerMethod() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class);
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
        try (ShopFixture fixture = new ShopFixture(Refusing.class)) {
            TransactionTemplate outer =
                    new TransactionTemplate(fixture.context.getBean(PlatformTransactionManager.class));
            outer.executeWithoutResult(status -> assertThatThrownBy(() -> fixture.shop.buy(fixture::insert))
                    .isInstanceOf(IllegalStateException.class));
            assertThat(fixture.runs).isZero();
            fixture.shop.buy(fixture::insert);
            assertThat(fixture.rows()).containsExactly(1);
        }
    }

    @Test
    void attempts_leaveNothingOnTheThread() throws Exception {
        try (ShopFixture fixture = new ShopFixture(Interfaces.class)) {
            fixture.shop.buy(fixture::insert);
            assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        }
    }
}
