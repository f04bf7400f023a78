package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that is away, full or read-only. */
@OnRealDatabases
record StoreDownTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "53100", "25006", "53300"})
    void fault23_noClaim_nothingIsRun(String state) throws SQLException {
        IdempotentCall call = call();
        AtomicBoolean down = new AtomicBoolean();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (down.get() && InterceptedDataSource.isInsert(step)) {
                throw new SQLException("no", state);
            }
            return go.go();
        });
        TransactionalIdempotency idempotency =
                ledger().over(wire).onVirtualTime().idempotency();
        down.set(true);
        assertThatThrownBy(() -> idempotency.execute(call, pay(call)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("a new record");
        assertThat(ledger().payments(call)).isZero();
        down.set(false);
        executed(idempotency.execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void fault23_poolExhaustedAtTheClaim_nothingIsRun() throws SQLException {
        IdempotentCall call = call();
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(250);
        config.setInitializationFailTimeout(60_000);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            TransactionalIdempotency idempotency =
                    ledger().over(pool).onVirtualTime().idempotency();
            try (Connection held = pool.getConnection()) {
                assertThat(held.isClosed()).isFalse();
                assertThatThrownBy(() -> idempotency.execute(call, pay(call)))
                        .isInstanceOf(StoreUnavailableException.class);
            }
        }
        assertThat(ledger().payments(call)).isZero();
        executed(ledger().idempotency().execute(call, pay(call)));
    }

    @Test
    void noConnectionForTheTransaction_nothingIsRunAndTheKeyIsFree() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger connects = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("connect") && connects.incrementAndGet() == 3) {
                throw InterceptedDataSource.lost();
            }
            return go.go();
        });
        assertThatThrownBy(() -> ledger().over(wire).idempotency().execute(call, pay(call)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("the work did not run");
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** Or a pool runs dry where its database was cut off for a moment. */
    @Test
    void brokenConnection_isGivenBackAllTheSame() throws SQLException {
        IdempotentCall call = call();
        AtomicBoolean broken = new AtomicBoolean();
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger givenBack = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (broken.get() && step.equals("connect")) {
                taken.incrementAndGet();
                Connection connection = (Connection) go.go();
                connection.close();
                return connection;
            }
            if (broken.get() && step.equals("close")) {
                givenBack.incrementAndGet();
            }
            return go.go();
        });
        TransactionalIdempotency idempotency =
                ledger().over(wire).onVirtualTime().idempotency();
        broken.set(true);
        assertThatThrownBy(() -> idempotency.execute(call, pay(call))).isInstanceOf(StoreUnavailableException.class);
        assertThat(givenBack).hasPositiveValue().hasValue(taken.get());
    }

    @Test
    void fault24_diskFullWhenItIsRecorded_isRolledBackAndThenDoneOnce() throws SQLException {
        IdempotentCall call = call();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (isCompletion(step)) {
                throw new SQLException("disk full", "53100");
            }
            return go.go();
        });
        assertThatThrownBy(() -> ledger().over(wire).idempotency().execute(call, pay(call)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("disk full");
        assertThat(ledger().payments(call)).isZero();
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void connectionLostWhenItIsRecorded_isDoneAgainUnderTheSameFence() throws SQLException {
        IdempotentCall call = call();
        AtomicBoolean first = new AtomicBoolean(true);
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (isCompletion(step) && first.compareAndSet(true, false)) {
                raw.close();
                throw InterceptedDataSource.lost();
            }
            return go.go();
        });
        executed(ledger().over(wire).idempotency().execute(call, pay(call)));
        assertThat(ledger().record(call).claims()).isEqualTo(1);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void fault46_failureThatIsNoSql_whenItIsRecorded_isRolledBackAndThenDoneOnce() throws SQLException {
        IdempotentCall call = call();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (isCompletion(step)) {
                throw new IllegalStateException("cannot be written");
            }
            return go.go();
        });
        assertThatThrownBy(() -> ledger().over(wire).idempotency().execute(call, pay(call)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot be written");
        assertThat(ledger().payments(call)).isZero();
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** The record's change within the transaction of the effect. */
    private static boolean isCompletion(String step) {
        return step.contains("RELEASE SAVEPOINT")
                || (step.contains("respite_idempotency SET")
                        && (step.contains("TRANSACTION_ID() = ?") || step.contains("AS varchar) = ?")));
    }
}
