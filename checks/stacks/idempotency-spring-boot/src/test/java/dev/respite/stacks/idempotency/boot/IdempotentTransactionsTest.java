package dev.respite.stacks.idempotency.boot;

import static dev.respite.stacks.idempotency.boot.TestServer.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.respite.spring.boot.idempotency.Idempotent;
import dev.respite.stacks.idempotency.boot.Consumer.Database;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Import;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.NoTransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;

/** The transactions in which methods with a key run. */
class IdempotentTransactionsTest {

    @Import(Payments.class)
    static class Application {}

    static class Payments {

        private final JdbcTemplate jdbc;
        private final AtomicInteger runs = new AtomicInteger();

        Payments(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        int runs() {
            return runs.get();
        }

        /** Returns whether the method runs in a transaction of {@code @Transactional}. */
        private boolean paidInATransaction(String id) {
            jdbc.update("INSERT INTO effect (item) VALUES (?)", id);
            try {
                TransactionStatus status = TransactionAspectSupport.currentTransactionStatus();
                return status.hasTransaction();
            } catch (NoTransactionException none) {
                return false;
            }
        }

        @Idempotent(key = "#id")
        @Transactional
        public boolean afterADeadlock(String id) {
            boolean isInATransaction = paidInATransaction(id);
            if (runs.incrementAndGet() == 1) {
                throw new CannotAcquireLockException("deadlock", new SQLException("deadlock", "40001"));
            }
            return isInATransaction;
        }

        @Idempotent(key = "#id")
        @Transactional(propagation = Propagation.SUPPORTS)
        public boolean supporting(String id) {
            return paidInATransaction(id);
        }
    }

    private final String id = name("payment");

    /** The second run passes all interceptors of the method, as the first does. */
    @Test
    void transaction_afterADeadlock_runsTheWholeMethodAgain() {
        try (Consumer consumer = Consumer.start(Database.H2, List.of(), Deliveries.class, Application.class)) {
            Payments payments = consumer.bean(Payments.class);

            assertThat(payments.afterADeadlock(id)).isTrue();

            assertThat(payments.runs()).isEqualTo(2);
            assertThat(consumer.effects(id)).isEqualTo(1);
        }
    }

    @Test
    void transaction_ofAMethodThatOnlyJoinsOne_isBegun() {
        try (Consumer consumer = Consumer.start(Database.H2, List.of(), Deliveries.class, Application.class)) {
            Payments payments = consumer.bean(Payments.class);

            for (int i = 0; i < 2; i++) {
                assertThatCode(() -> assertThat(payments.supporting(id)).isTrue())
                        .doesNotThrowAnyException();
            }

            assertThat(consumer.effects(id)).isEqualTo(1);
        }
    }
}
