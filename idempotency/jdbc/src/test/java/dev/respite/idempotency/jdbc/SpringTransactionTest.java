package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions that Spring manages: its templates and repositories take part in them by themselves. */
@OnRealDatabases
record SpringTransactionTest(TestDatabase database) {

    /** The runner of docs/safe-post.md. */
    static final class SpringTransactions implements TransactionRunner {

        private final TransactionTemplate template;
        private final DataSource dataSource;

        SpringTransactions(PlatformTransactionManager manager, DataSource dataSource) {
            this.template = new TransactionTemplate(manager);
            this.dataSource = dataSource;
        }

        @Override
        public boolean runInTransaction(Predicate<Connection> body) {
            return template.execute(status -> {
                boolean commit = body.test(DataSourceUtils.getConnection(dataSource)) && !status.isRollbackOnly();
                if (!commit) {
                    status.setRollbackOnly();
                }
                return commit;
            });
        }

        @Override
        public boolean isInTransaction() {
            return TransactionSynchronizationManager.isActualTransactionActive();
        }
    }

    private record Spring(TransactionalIdempotency idempotency, JdbcTemplate jdbc, TransactionTemplate transactions) {

        Work<Connection, RuntimeException> pay(IdempotentCall call) {
            return connection -> {
                payWithoutConnection(call);
                return StoredResponse.of("paid");
            };
        }

        void payWithoutConnection(IdempotentCall call) {
            jdbc.update(
                    "INSERT INTO ledger (id, amount) VALUES (?, 100)",
                    call.storageKey().value());
        }
    }

    private Spring over(DataSource dataSource) {
        PlatformTransactionManager manager = new DataSourceTransactionManager(dataSource);
        return new Spring(
                ledger().over(dataSource).idempotency().withTransactions(new SpringTransactions(manager, dataSource)),
                new JdbcTemplate(dataSource),
                new TransactionTemplate(manager));
    }

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    @Test
    void execute_jdbcTemplate_takesPartInTheTransaction() {
        try (HikariDataSource pool = database.pool(2)) {
            Spring spring = over(pool);
            IdempotentCall call = call();
            executed(spring.idempotency().execute(call, spring.pay(call)));
            replayed(spring.idempotency().execute(call, spring.pay(call)));
            assertThat(ledger().payments(call)).isEqualTo(1);

            IdempotentCall failing = call();
            assertThatThrownBy(() -> spring.idempotency().execute(failing, connection -> {
                        spring.payWithoutConnection(failing);
                        throw new IllegalStateException("no");
                    }))
                    .hasMessage("no");
            assertThat(ledger().payments(failing)).isZero();
            assertThat(ledger().stateOf(failing)).isEqualTo(State.READY);
        }
    }

    @Test
    void execute_inATransaction_isRejectedBeforeAnythingIsClaimed() {
        try (HikariDataSource pool = database.pool(2)) {
            Spring spring = over(pool);
            IdempotentCall call = call();
            assertThatThrownBy(() -> spring.transactions()
                            .executeWithoutResult(status -> spring.idempotency().execute(call, spring.pay(call))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("call execute outside a transaction");
            assertThat(ledger().store().find(call.storageKey())).isEmpty();
        }
    }

    @Test
    void fault45_markedForRollbackByNestedCode_isNotDone() {
        try (HikariDataSource pool = database.pool(2)) {
            Spring spring = over(pool);
            IdempotentCall call = call();
            assertThat(resultAfterMark(spring, call, 503)).isInstanceOf(IdempotentResult.NotDone.class);
            assertThat(ledger().payments(call)).isZero();
            assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
            executed(spring.idempotency().execute(call, spring.pay(call)));
            assertThat(ledger().payments(call)).isEqualTo(1);
        }
    }

    @Test
    void fault45_markedForRollbackAndAnsweredWithAnErrorThatIsAResult_isReplayedWithoutRows() {
        try (HikariDataSource pool = database.pool(2)) {
            Spring spring = over(pool);
            IdempotentCall call = call();
            assertThat(resultAfterMark(spring, call, 409)).isInstanceOf(IdempotentResult.Executed.class);
            IdempotentResult again = spring.idempotency().execute(call, spring.pay(call));
            assertThat(((IdempotentResult.Replayed) again).response().status()).isEqualTo(409);
            assertThat(ledger().payments(call)).isZero();
        }
    }

    private static IdempotentResult resultAfterMark(Spring spring, IdempotentCall call, int status) {
        return spring.idempotency().execute(call, connection -> {
            spring.transactions().executeWithoutResult(nested -> {
                spring.payWithoutConnection(call);
                nested.setRollbackOnly();
            });
            return StoredResponse.of(status, Map.of(), new byte[0]);
        });
    }

    /** Otherwise a client would get a success that was rolled back. */
    @Test
    void fault45_markedForRollbackAndAnsweredAsASuccess_isAFailure() {
        try (HikariDataSource pool = database.pool(2)) {
            Spring spring = over(pool);
            IdempotentCall call = call();
            assertThatThrownBy(() -> spring.idempotency().execute(call, connection -> {
                        spring.transactions().executeWithoutResult(status -> {
                            spring.payWithoutConnection(call);
                            status.setRollbackOnly();
                        });
                        return StoredResponse.of("paid");
                    }))
                    .isInstanceOf(RolledBackException.class)
                    .hasMessageContaining("marked");
            assertThat(ledger().payments(call)).isZero();
            assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
            executed(spring.idempotency().execute(call, spring.pay(call)));
            assertThat(ledger().payments(call)).isEqualTo(1);
        }
    }

    /** Else what the work does would be committed at once, statement by statement, and its record not with it. */
    @Test
    void transactionsOfAnotherDataSource_areRejectedBeforeAnythingIsRun() {
        try (HikariDataSource pool = database.pool(2);
                HikariDataSource other = database.pool(2)) {
            TransactionalIdempotency idempotency = ledger().over(pool)
                    .idempotency()
                    .withTransactions(new SpringTransactions(new DataSourceTransactionManager(other), pool));
            IdempotentCall call = call();
            assertThatThrownBy(() -> idempotency.execute(call, LedgerFixture.pay(call)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("auto-commit on");
            assertThat(ledger().payments(call)).isZero();
            assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
        }
    }

    @Test
    void commitAnswerLost_isInquired() {
        AtomicBoolean first = new AtomicBoolean(true);
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            Object result = go.go();
            if (step.equals("commit") && first.compareAndSet(true, false)) {
                throw InterceptedDataSource.lost();
            }
            return result;
        });
        Spring spring = over(wire);
        IdempotentCall call = call();
        executed(spring.idempotency().execute(call, spring.pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void springsDeadlockException_isRetried() {
        Spring spring = over(database.dataSource());
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        executed(spring.idempotency().execute(call, connection -> {
            spring.payWithoutConnection(call);
            if (runs.incrementAndGet() == 1) {
                throw new CannotAcquireLockException("deadlock", new SQLException("deadlock", "40P01"));
            }
            return StoredResponse.of("paid");
        }));
        assertThat(runs).hasValue(2);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }
}
