package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** PostgreSQL ends a transaction that does nothing for longer than it may. */
class IdleTransactionTest {

    private final LedgerFixture ledger = LedgerFixture.in(TestDatabase.POSTGRESQL);
    private final AtomicInteger runs = new AtomicInteger();

    /** The next run would take as long, and hold the record for that time: the caller decides. */
    @Test
    void execute_workIdlesTooLong_isRunOnceAndTheKeyIsFree() throws SQLException {
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger.idempotency().execute(call, connection -> {
                    runs.incrementAndGet();
                    try (Statement sql = connection.createStatement()) {
                        sql.execute("SET LOCAL idle_in_transaction_session_timeout = '100ms'");
                    }
                    idle();
                    payOn(connection, call);
                    return StoredResponse.empty();
                }))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        failure -> assertThat(failure.getSQLState()).isEqualTo("25P03"));
        assertThat(runs).hasValue(1);
        executed(ledger.idempotency().execute(call, pay(call)));
        assertThat(ledger.payments(call)).isEqualTo(1);
    }

    /** Waits by the database's clock, on another connection. */
    private static void idle() throws SQLException {
        try (Connection another = TestDatabase.POSTGRESQL.dataSource().getConnection();
                Statement sql = another.createStatement()) {
            sql.execute("SELECT pg_sleep(0.5)");
        }
    }
}
