package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What only MariaDB does. */
@OnMariaDb
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"MARIADB", "MARIADB_OTHERWISE"})
record MariaDbTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    /** DDL commits earlier statements, which its author may not know. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE IF NOT EXISTS commits_by_itself (id integer)",
                "START TRANSACTION",
                "SET autocommit = 1",
                "LOCK TABLES ledger WRITE"
            })
    void workThatCommitsUnawares_isFoundOutAndNeverRunAgain(String statement) throws SQLException {
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    payOn(connection, call);
                    execute(connection, statement);
                    return StoredResponse.of("paid");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ExternalIdempotency");
        assertThat(ledger().stateOf(call)).isEqualTo(State.UNKNOWN);
        assertThat(ledger().idempotency().execute(call, pay(call)))
                .isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** A temporary table does not commit; savepoints of the work's own are no matter. */
    @Test
    void workWithSavepointsAndATemporaryTable_isDone() throws SQLException {
        IdempotentCall call = call();
        executed(ledger().idempotency().execute(call, connection -> {
            execute(connection, "SAVEPOINT mine");
            execute(connection, "CREATE TEMPORARY TABLE IF NOT EXISTS scratch (id integer)");
            payOn(connection, call);
            execute(connection, "SAVEPOINT mine");
            execute(connection, "RELEASE SAVEPOINT mine");
            return StoredResponse.of("paid");
        }));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** The server has rolled all of it back, and later statements would be half the work. */
    @Test
    void deadlockThatWasSwallowed_isNotTakenForSuccess() throws Exception {
        IdempotentCall call = call();
        String a = account();
        String b = account();
        try (Heavier other = new Heavier(a, b)) {
            assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                        payOn(connection, call);
                        add(connection, a);
                        other.causeDeadlock();
                        assertDeadlock(() -> add(connection, b));
                        payOn(connection, call);
                        return StoredResponse.of("all is well");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(ledger().payments(call)).isZero();
        assertThat(ledger().stateOf(call)).isEqualTo(State.UNKNOWN);
    }

    /** As an error page does for each failure of the database. Nothing was committed. */
    @Test
    void deadlockThatBecameAnErrorResponse_runsAgain() throws Exception {
        IdempotentCall call = call();
        String a = account();
        String b = account();
        StoredResponse error = StoredResponse.of(503, Map.of(), new byte[0]);
        try (Heavier other = new Heavier(a, b)) {
            IdempotentResult result = ledger().idempotency().execute(call, connection -> {
                payOn(connection, call);
                add(connection, a);
                other.causeDeadlock();
                assertDeadlock(() -> add(connection, b));
                return error;
            });
            assertThat(result).isEqualTo(new IdempotentResult.NotDone(error));
        }
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    private static void assertDeadlock(ThrowableAssert.ThrowingCallable update) {
        assertThatThrownBy(update)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        deadlock -> assertThat(deadlock.getErrorCode()).isEqualTo(1213));
    }

    /** A transaction that wins a deadlock, since it has changed more rows. */
    private final class Heavier implements AutoCloseable {

        private final String a;
        private final String b;
        private final Connection connection = database.dataSource().getConnection();
        private final Thread thread = new Thread(this::addToBoth);
        private final CountDownLatch begun = new CountDownLatch(1);

        Heavier(String a, String b) throws SQLException {
            this.a = a;
            this.b = b;
            connection.setAutoCommit(false);
        }

        /** Locks the second account, and waits for the first. */
        void causeDeadlock() throws SQLException {
            execute(connection, "INSERT INTO ledger (id, amount) SELECT 'heavy', 0 FROM seq_1_to_1000");
            add(connection, b);
            thread.start();
            try {
                begun.await();
            } catch (InterruptedException stopped) {
                throw new AssertionError(stopped);
            }
        }

        private void addToBoth() {
            begun.countDown();
            try {
                add(connection, a);
            } catch (SQLException failure) {
                throw new AssertionError("the lighter one is the victim", failure);
            }
        }

        @Override
        public void close() throws Exception {
            thread.join();
            connection.rollback();
            connection.close();
        }
    }

    @Test
    void connectionKilled_isDoneAgain() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        executed(ledger().idempotency().execute(call, connection -> {
            if (runs.incrementAndGet() == 1) {
                TestDatabase.run(
                        database.dataSource(), "KILL CONNECTION " + only(connection, "SELECT CONNECTION_ID()"));
            }
            payOn(connection, call);
            return StoredResponse.of("paid");
        }));
        assertThat(runs).hasValue(2);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** The driver throws a transient exception for every SQLState that it does not know. */
    @Test
    void procedureThatSignals_isNotTriedAgain() {
        TestDatabase.run(
                database.dataSource(),
                "CREATE OR REPLACE PROCEDURE reject_payment() SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'limit'");
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    runs.incrementAndGet();
                    execute(connection, "CALL reject_payment()");
                    return StoredResponse.of("never");
                }))
                .isInstanceOf(SQLTransientException.class)
                .hasMessageContaining("limit");
        assertThat(runs).hasValue(1);
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
    }

    @Test
    void statementThatTakesTooLong_isNotTriedAgain() {
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    runs.incrementAndGet();
                    execute(
                            connection,
                            "SET STATEMENT max_statement_time = 0.1 FOR"
                                    + " SELECT SUM(a.seq % 7 * b.seq) FROM seq_1_to_100000 a, seq_1_to_100000 b");
                    return StoredResponse.of("never");
                }))
                .isInstanceOf(SQLException.class);
        assertThat(runs).hasValue(1);
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
    }

    /** Between looking for the record and writing it, another has made it, and has begun its work. */
    @Test
    void claim_recordThatWasMadeMeanwhileAndIsLocked_isNotWaitedFor() throws SQLException {
        IdempotentCall call = call();
        List<String> inserts = new ArrayList<>();
        try (Connection owner = database.dataSource().getConnection()) {
            DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
                if (InterceptedDataSource.isInsert(step)) {
                    if (inserts.isEmpty()) {
                        executed(ledger().idempotency().execute(call, pay(call)));
                        owner.setAutoCommit(false);
                        execute(
                                owner,
                                "UPDATE respite_idempotency SET claims = 7 WHERE storage_key = '"
                                        + call.storageKey().value() + "'");
                    }
                    inserts.add(step);
                }
                return go.go();
            });
            assertThat(ledger().over(wire).store().putIfAbsent(call.storageKey(), recordWrite(call, Optional.empty())))
                    .isInstanceOf(IdempotencyStore.Rejected.class);
            owner.rollback();
        }
        assertThat(inserts).hasSize(1);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void purge_ofABatch_locksNoMoreThanTheBatch() throws SQLException {
        String old = "respite_purge_" + UUID.randomUUID().toString().substring(0, 8);
        TestDatabase.run(
                database.dataSource(),
                "INSERT INTO respite_idempotency SELECT CONCAT('" + old + "', seq), 'scope', 'READY', seq, 'me',"
                        + " fingerprint, 1, '2020-01-01', '2020-01-01', NULL, NULL FROM seq_1_to_5000,"
                        + " (SELECT '1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' AS fingerprint) f");
        AtomicInteger locked = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.startsWith("DELETE FROM") && step.endsWith("storage_key = ?") && locked.get() == 0) {
                locked.set(Integer.parseInt(only(
                        raw,
                        "SELECT trx_rows_locked FROM information_schema.INNODB_TRX"
                                + " WHERE trx_mysql_thread_id = CONNECTION_ID()")));
            }
            return go.go();
        });
        assertThat(ledger().over(wire).store().purge(100)).isEqualTo(100);
        assertThat(locked.get()).isBetween(1, 400);
        TestDatabase.run(
                database.dataSource(), "DELETE FROM respite_idempotency WHERE storage_key LIKE '" + old + "%'");
    }

    @Test
    void limitOfLockWaits_isPutBack() throws SQLException {
        try (HikariDataSource pool = database.pool(1)) {
            String before = only(pool, "SELECT @@innodb_lock_wait_timeout");
            AtomicBoolean limited = new AtomicBoolean();
            DataSource wire = InterceptedDataSource.tapped(pool, (step, raw, go) -> {
                if (step.contains("ON DUPLICATE KEY UPDATE")) {
                    limited.set(only(raw, "SELECT @@innodb_lock_wait_timeout").equals("2"));
                }
                return go.go();
            });
            IdempotentCall call = call();
            IdempotentResult result = ledger().over(wire)
                    .idempotency()
                    .execute(call, connection -> StoredResponse.of(503, Map.of(), new byte[0]));
            assertThat(result).isInstanceOf(IdempotentResult.NotDone.class);
            assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
            assertThat(limited).isTrue();
            assertThat(only(pool, "SELECT @@innodb_lock_wait_timeout")).isEqualTo(before);
        }
    }

    /** The JVM, the sessions and UTC are in three time zones here. */
    @Test
    void times_areThoseOfTheClock() {
        Instant minted = Instant.ofEpochMilli(TimeSource.system().wallTime().toEpochMilli());
        IdempotentCall call = call();
        IdempotencyStore.Put put =
                ledger().store().putIfAbsent(call.storageKey(), recordWrite(call, Optional.of(minted)));
        IdempotencyRecord record = ((IdempotencyStore.Written) put).record();
        assertThat(record.times().keyTime()).contains(minted);
        assertThat(Duration.between(minted, record.times().leaseUntil()))
                .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
        assertThat(Duration.between(minted, record.times().expiresAt()))
                .isBetween(Duration.ofDays(1), Duration.ofDays(1).plusSeconds(30));
        assertThat(ledger().record(call)).isEqualTo(record);
    }

    /** The last time that a UUID can name: MariaDB does not count so far, and it is not taken for no time at all. */
    @Test
    void putIfAbsent_keyOfTheYear10889_isNotAdmitted() {
        IdempotentCall call = call();
        Instant last = Instant.ofEpochMilli((1L << 48) - 1);
        assertThat(ledger().store().putIfAbsent(call.storageKey(), recordWrite(call, Optional.of(last))))
                .isInstanceOf(IdempotencyStore.Rejected.class);
    }

    @Test
    void userWithThePrivilegesOfTheSqlFile_needsNoMore() throws SQLException {
        String user = "u" + UUID.randomUUID().toString().substring(0, 8);
        TestDatabase.run(database.dataSource(), "CREATE USER " + user + "@'127.0.0.1' IDENTIFIED BY 'x'");
        for (String grant : List.of(
                "SELECT, INSERT, UPDATE, DELETE ON respite_idempotency",
                "SELECT, INSERT, UPDATE, DELETE ON respite_idempotency_purge",
                "SELECT, INSERT ON respite_fence",
                "INSERT ON ledger")) {
            TestDatabase.run(database.dataSource(), "GRANT " + grant + " TO " + user + "@'127.0.0.1'");
        }
        String url = ((DriverManagerDataSource) database.dataSource()).getUrl();
        LedgerFixture ledger =
                ledger().over(new DriverManagerDataSource(url.replace("user=root", "user=" + user + "&password=x")));
        IdempotentCall call = call();
        executed(ledger.idempotency().execute(call, pay(call)));
        ledger().letPass(call, 86_401);
        assertThat(ledger.store().purge(10_000)).isPositive();
        if (database == TestDatabase.MARIADB_OTHERWISE) {
            ledger.store().requireDurable();
        }
    }

    private static RecordWrite recordWrite(IdempotentCall call, Optional<Instant> minted) {
        RecordWrite.Terms terms =
                new RecordWrite.Terms(Duration.ofSeconds(30), Duration.ofDays(1), Duration.ofSeconds(10), minted);
        return new RecordWrite(State.STARTED, "me", call.fingerprints().get(0), 1, terms, Optional.empty());
    }

    private String account() {
        String id = UUID.randomUUID().toString();
        TestDatabase.run(database.dataSource(), "INSERT INTO account (id, balance) VALUES ('" + id + "', 0)");
        return id;
    }

    private static void add(Connection connection, String account) throws SQLException {
        execute(connection, "UPDATE account SET balance = balance + 1 WHERE id = '" + account + "'");
    }

    private static String only(DataSource dataSource, String query) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return only(connection, query);
        }
    }

    private static String only(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
