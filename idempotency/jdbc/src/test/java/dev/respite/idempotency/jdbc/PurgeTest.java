package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records past their time. */
@OnRealDatabases
record PurgeTest(TestDatabase database) {

    /** Each test has keys that are older than those that another has purged. */
    @BeforeEach
    void forgetPurges() {
        database.forgetPurges();
    }

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    @Test
    void purge_doneAndExpired_isReplayedUntilItIsGone() throws SQLException {
        IdempotentCall call = call();
        String reported = executed(ledger().idempotency().execute(call, pay(call)));
        ledger().letPass(call, 86_401);
        assertThat(replayed(ledger().idempotency().execute(call, pay(call)))).isEqualTo(reported);
        purgeAll();
        assertThat(ledger().store().find(call.storageKey())).isEmpty();
    }

    @Test
    void fault37_lateDuplicateOfAKeyThatSaysItsAge_isRejected() throws SQLException {
        IdempotentCall call = call(minted(now().minusSeconds(86_400 - 600)));
        executed(ledger().idempotency().execute(call, pay(call)));
        ledger().letPass(call, 86_401);
        purgeAll();
        // Ten minutes later by the key's age: as if it had been minted ten minutes before.
        LedgerFixture later =
                ledger().with(IdempotencySettings.defaults().withRetention(Duration.ofSeconds(86_400 - 700)));
        assertThat(later.idempotency().execute(call, pay(call)))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.EXPIRED));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void fault37_lateDuplicateOfAnOpaqueKey_isRunAgain() throws SQLException {
        IdempotentCall call = call("order 4711 " + UUID.randomUUID());
        executed(ledger().idempotency().execute(call, pay(call)));
        ledger().letPass(call, 86_401);
        purgeAll();
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(2);
    }

    @Test
    void fault38_duplicatesAroundTheExpiryWhilePurging_areNeverTwo() throws Exception {
        // A record may be purged from the moment on when its key is too old: that is within a second for all of them.
        LedgerFixture ledger = ledger().with(IdempotencySettings.defaults()
                .withLease(Duration.ofMillis(100))
                .withRetention(Duration.ofMillis(400))
                .withMaxClockSkew(Duration.ofSeconds(10)));
        TransactionalIdempotency idempotency = ledger.idempotency();
        JdbcIdempotencyStore store = ledger.store();
        IdempotentCall warm = call();
        executed(idempotency.execute(warm, pay(warm)));
        List<IdempotentCall> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add(call(minted(now().plusMillis(500 + 20 * i))));
        }
        // On a machine that is slow enough, one of them is too old when its turn comes.
        Map<IdempotentCall, Integer> payments = new HashMap<>();
        for (IdempotentCall call : calls) {
            payments.put(call, idempotency.execute(call, pay(call)) instanceof IdempotentResult.Executed ? 1 : 0);
        }
        AtomicBoolean over = new AtomicBoolean();
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tasks.add(() -> {
                List<IdempotentCall> left = new ArrayList<>(calls);
                while (!left.isEmpty()) {
                    for (IdempotentCall call : List.copyOf(left)) {
                        IdempotentResult result = idempotency.execute(call, pay(call));
                        if (!(result instanceof IdempotentResult.Replayed)) {
                            assertThat(result)
                                    .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.EXPIRED));
                            left.remove(call);
                        }
                    }
                }
                return over.getAndSet(true);
            });
        }
        tasks.add(() -> {
            while (!over.get()) {
                store.purge(1000);
            }
            return true;
        });
        ContentionTest.atOnce(tasks);
        payments.forEach((call, times) -> assertThat(ledger.payments(call)).isEqualTo(times));
    }

    /** The clock was ahead by 25 hours when the record was purged, and is right again: the key looks young. */
    @Test
    void purge_whileTheClockWasAhead_keyIsNotRunAgain() throws SQLException {
        IdempotentCall call = call(minted(now().minusSeconds(86_400 - 100)));
        executed(ledger().idempotency().execute(call, pay(call)));
        ledger().letPass(call, 90_000);
        purgeAll();
        assertThat(ledger().store().find(call.storageKey())).isEmpty();
        assertThat(ledger().idempotency().execute(call, pay(call)))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.EXPIRED));
        assertThat(ledger().payments(call)).isEqualTo(1);
        IdempotentCall young = call(minted(now()));
        executed(ledger().idempotency().execute(young, pay(young)));
    }

    /**
     * The mark is raised and locked, and nothing of it is to be seen: no connection waits for it. Nor for the gap behind the last
     * record, which InnoDB would lock at REPEATABLE READ where there are no others.
     */
    @Test
    void purge_notCommittedYet_recordIsReplayedAndNewKeysAreRun() throws SQLException {
        TestDatabase.run(database.dataSource(), "DELETE FROM respite_idempotency");
        IdempotentCall call = call(minted(now().minusSeconds(86_400 - 90)));
        String reported = executed(ledger().idempotency().execute(call, pay(call)));
        ledger().letPass(call, 90_000);
        AtomicInteger commits = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit") && commits.incrementAndGet() == 1) {
                assertThat(replayed(ledger().idempotency().execute(call, pay(call))))
                        .isEqualTo(reported);
                IdempotentCall young = call(minted(now()));
                executed(ledger().idempotency().execute(young, pay(young)));
            }
            return go.go();
        });
        assertThat(ledger().over(wire).store().purge(10_000)).isPositive();
        assertThat(commits).hasValue(1);
        assertThat(ledger().idempotency().execute(call, pay(call)))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.EXPIRED));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void purge_whileAnotherIsAtWork_removesNothingAndDoesNotWait() throws SQLException {
        purgeAll();
        for (int i = 0; i < 2; i++) {
            IdempotentCall call = call();
            executed(ledger().idempotency().execute(call, pay(call)));
            ledger().letPass(call, 90_000);
        }
        List<Integer> beside = new ArrayList<>();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit") && beside.isEmpty()) {
                beside.add(ledger().store().purge(1000));
            }
            return go.go();
        });
        assertThat(ledger().over(wire).store().purge(1)).isEqualTo(1);
        assertThat(beside).as("one record was free").containsExactly(0);
        assertThat(ledger().store().purge(1000)).isEqualTo(1);
    }

    /** Between the query that finds no record and the statement that writes one, where these are two. */
    @Test
    void purge_betweenTheStatementsOfAClaim_isNoMatter() throws SQLException {
        IdempotentCall older = call(minted(now().minusSeconds(86_400 - 80)));
        executed(ledger().idempotency().execute(older, pay(older)));
        ledger().letPass(older, 90_000);
        IdempotentCall call = call(minted(now()));
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (InterceptedDataSource.isInsert(step)) {
                purgeAll();
            }
            return go.go();
        });
        executed(ledger().over(wire).idempotency().execute(call, pay(call)));
        replayed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().idempotency().execute(older, pay(older)))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.EXPIRED));
        assertThat(ledger().payments(call) + ledger().payments(older)).isEqualTo(2);
    }

    @Test
    void purge_rolledBack_leavesRecordAndMarkAsTheyWere() throws SQLException {
        IdempotentCall call = call(minted(now().minusSeconds(86_400 - 70)));
        executed(ledger().idempotency().execute(call, pay(call)));
        ledger().letPass(call, 90_000);
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit")) {
                raw.rollback();
                throw InterceptedDataSource.lost();
            }
            return go.go();
        });
        JdbcIdempotencyStore store = ledger().over(wire).store();
        assertThatThrownBy(() -> store.purge(10_000)).isInstanceOf(StoreUnavailableException.class);
        replayed(ledger().idempotency().execute(call, pay(call)));
        IdempotentCall sameAge = call(minted(now().minusSeconds(86_400 - 70)));
        executed(ledger().idempotency().execute(sameAge, pay(sameAge)));
    }

    @Test
    void purge_noMark_saysHowToMakeIt() {
        JdbcIdempotencyStore store = ledger().store();
        TestDatabase.run(database.dataSource(), "DELETE FROM respite_idempotency_purge");
        try {
            assertThatThrownBy(() -> store.purge(1))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("INSERT INTO respite_idempotency_purge (id) VALUES (1)");
            assertThatThrownBy(() -> ledger().store())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("INSERT INTO respite_idempotency_purge (id) VALUES (1)");
        } finally {
            TestDatabase.run(database.dataSource(), "INSERT INTO respite_idempotency_purge (id) VALUES (1)");
        }
    }

    @Test
    void purge_lockedByATakeover_isSkippedAndDoesNotWait() throws SQLException {
        IdempotentCall call = call();
        executed(ledger().idempotency().execute(call, pay(call)));
        ledger().letPass(call, 86_401);
        try (Connection other = database.dataSource().getConnection()) {
            other.setAutoCommit(false);
            try (PreparedStatement lock =
                    other.prepareStatement("SELECT state FROM respite_idempotency WHERE storage_key = ? FOR UPDATE")) {
                lock.setString(1, call.storageKey().value());
                assertThat(lock.executeQuery().next()).isTrue();
                purgeAll();
            }
            other.rollback();
        }
        assertThat(ledger().stateOf(call)).isEqualTo(State.DONE);
    }

    /**
     * A purge goes on where the one before it has ended, and does not pass over what that has removed. The first that finds
     * nothing is followed by one from the beginning, which removes the rows that were locked.
     */
    @Test
    void purge_afterAnother_beginsWhereThatHasEnded() throws SQLException {
        purgeAll();
        List<IdempotentCall> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            IdempotentCall call = call();
            executed(ledger().idempotency().execute(call, pay(call)));
            ledger().letPass(call, 90_000 - 60 * i);
            calls.add(call);
        }
        JdbcIdempotencyStore store = ledger().store();
        try (Connection other = database.dataSource().getConnection()) {
            other.setAutoCommit(false);
            try (PreparedStatement lock =
                    other.prepareStatement("SELECT state FROM respite_idempotency WHERE storage_key = ? FOR UPDATE")) {
                lock.setString(1, calls.get(0).storageKey().value());
                assertThat(lock.executeQuery().next()).isTrue();
                assertThat(store.purge(2)).isEqualTo(2);
            }
            other.rollback();
        }
        assertThat(store.purge(2)).isEqualTo(1);
        assertThat(store.purge(2)).isZero();
        assertThat(store.find(calls.get(0).storageKey())).isPresent();
        assertThat(store.purge(2)).isEqualTo(1);
        assertThat(store.find(calls.get(0).storageKey())).isEmpty();
    }

    @Test
    void purge_atMost_removesNoMore() throws SQLException {
        purgeAll();
        for (int i = 0; i < 5; i++) {
            IdempotentCall call = call();
            executed(ledger().idempotency().execute(call, pay(call)));
            ledger().letPass(call, 86_401);
        }
        JdbcIdempotencyStore store = ledger().store();
        assertThat(store.purge(3)).isEqualTo(3);
        assertThat(store.purge(3)).isEqualTo(2);
        assertThat(store.purge(3)).isZero();
        assertThatThrownBy(() -> store.purge(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private void purgeAll() {
        JdbcIdempotencyStore store = ledger().store();
        int purged;
        do {
            purged = store.purge(1000);
        } while (purged > 0);
    }

    private static Instant now() {
        return TimeSource.system().wallTime();
    }

    /** A UUID of version 7. */
    static String minted(Instant time) {
        UUID random = UUID.randomUUID();
        long high = (time.toEpochMilli() << 16) | 0x7000 | (random.getMostSignificantBits() & 0xfff);
        return new UUID(high, random.getLeastSignificantBits()).toString();
    }
}
