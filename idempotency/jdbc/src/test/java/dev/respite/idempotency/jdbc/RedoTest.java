package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that meet others: done again, under the same fence, a few times at most. */
@OnRealDatabases
record RedoTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    @Test
    void fault22_deadlock_bothAreDoneOnce() throws Exception {
        String a = account();
        String b = account();
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        IdempotentCall there = call();
        IdempotentCall back = call();
        TransactionalIdempotency idempotency = ledger().idempotency();
        List<IdempotentResult> results = ContentionTest.atOnce(List.of(
                () -> idempotency.execute(there, transfer(there, a, b, bothHoldOne)),
                () -> idempotency.execute(back, transfer(back, b, a, bothHoldOne))));
        assertThat(results).allMatch(IdempotentResult.Executed.class::isInstance);
        for (IdempotentCall call : List.of(there, back)) {
            assertThat(ledger().payments(call)).isEqualTo(1);
            assertThat(ledger().record(call).claims()).isEqualTo(1);
        }
        assertThat(balance(a)).isZero();
        assertThat(balance(b)).isZero();
    }

    /** In the first round both hold what the other wants next. */
    private static Work<Connection, Exception> transfer(
            IdempotentCall call, String from, String to, CyclicBarrier bothHoldOne) {
        AtomicBoolean first = new AtomicBoolean(true);
        return connection -> {
            payOn(connection, call);
            add(connection, from, -1);
            if (first.compareAndSet(true, false)) {
                bothHoldOne.await(60, TimeUnit.SECONDS);
            }
            add(connection, to, 1);
            return StoredResponse.of("moved");
        };
    }

    @Test
    void fault22_serializationFailure_isDoneAgain() throws Exception {
        if (database == TestDatabase.H2_FILE) {
            return; // It makes the second wait instead.
        }
        String account = account();
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(4);
        if (database.isMariaDb()) {
            // Serializable, it makes the second wait. This is how it refuses to write over what a transaction has not
            // seen.
            config.setConnectionInitSql("SET innodb_snapshot_isolation = ON");
            config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        } else {
            config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        }
        try (HikariDataSource pool = new HikariDataSource(config)) {
            executed(ledger().over(pool).idempotency().execute(call, connection -> {
                payOn(connection, call);
                try (PreparedStatement read = connection.prepareStatement("SELECT balance FROM account WHERE id = ?")) {
                    read.setString(1, account);
                    read.executeQuery().next();
                }
                if (runs.incrementAndGet() == 1) {
                    try (Connection other = pool.getConnection()) {
                        add(other, account, 5);
                    }
                }
                add(connection, account, 1);
                return StoredResponse.of("added");
            }));
        }
        assertThat(runs).hasValue(2);
        assertThat(balance(account)).isEqualTo(6);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "55P03", "08006", "57P01"})
    void failureThatMayPass_isTriedFiveTimesAndPassedThroughAsItIs(String state) {
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        SQLException mine = new SQLException("again", state);
        assertThatThrownBy(() -> ledger().onVirtualTime().idempotency().execute(call, connection -> {
                    runs.incrementAndGet();
                    payOn(connection, call);
                    throw new IllegalStateException(mine);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasCause(mine);
        assertThat(runs).hasValue(5);
        assertThat(ledger().payments(call)).isZero();
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "42601", "57014", "70100", "22001"})
    void failureThatWillNotPass_isNotTriedAgain(String state) {
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        SQLException mine = new SQLException("no", state);
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    runs.incrementAndGet();
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(runs).hasValue(1);
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
    }

    @Test
    void lockTimeout_isDoneAgain() throws Exception {
        String account = account();
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        Connection other = database.dataSource().getConnection();
        other.setAutoCommit(false);
        add(other, account, 5);
        executed(ledger().idempotency().execute(call, connection -> {
            if (runs.incrementAndGet() == 2) {
                other.commit();
            }
            try (Statement limit = connection.createStatement()) {
                limit.execute(
                        switch (database) {
                            case POSTGRESQL -> "SET LOCAL lock_timeout = 50";
                            case MARIADB, MARIADB_OTHERWISE -> "SET innodb_lock_wait_timeout = 1";
                            default -> "SET LOCK_TIMEOUT 50";
                        });
            }
            payOn(connection, call);
            add(connection, account, 1);
            return StoredResponse.of("added");
        }));
        other.close();
        assertThat(runs).hasValue(2);
        assertThat(balance(account)).isEqualTo(6);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** By an inquiry, say, or by a purge: it is over in a moment. */
    @Test
    void recordLockedByAnotherTransaction_isNotWaitedForButRetried() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger connects = new AtomicInteger();
        try (Connection other = database.dataSource().getConnection()) {
            other.setAutoCommit(false);
            // The first connection checks the database, the second claims, the third is for the transaction.
            DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
                if (step.equals("connect") && connects.incrementAndGet() == 3) {
                    lock(other, call);
                } else if (step.equals("connect") && connects.get() == 4) {
                    other.rollback();
                }
                return go.go();
            });
            executed(ledger().over(wire).idempotency().execute(call, pay(call)));
        }
        assertThat(connects).hasValue(4);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    private static void lock(Connection connection, IdempotentCall call) throws SQLException {
        try (PreparedStatement lock =
                connection.prepareStatement("SELECT state FROM respite_idempotency WHERE storage_key = ? FOR UPDATE")) {
            lock.setString(1, call.storageKey().value());
            assertThat(lock.executeQuery().next()).isTrue();
        }
    }

    private String account() {
        String id = UUID.randomUUID().toString();
        TestDatabase.run(database.dataSource(), "INSERT INTO account (id, balance) VALUES ('" + id + "', 0)");
        return id;
    }

    private int balance(String account) {
        return ledger().number("SELECT balance FROM account WHERE id = '" + account + "'");
    }

    private static void add(Connection connection, String account, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setString(2, account);
            update.executeUpdate();
        }
    }
}
