package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.IdempotentResult.Reason;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.ResponseEncryption;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;

/** Work whose record is written with it, without a claim. */
class UnclaimedTest {

    private static final int ROUNDS = 100;
    private static final StoredResponse DONE = StoredResponse.empty();
    static final Work<Connection, RuntimeException> MUST_NOT_RUN = connection -> {
        throw new AssertionError("the work ran");
    };

    /** Runs on a connection what the guard of the work does not permit. */
    static void directly(Connection connection, String sql) throws SQLException {
        Dialect.run(connection, sql);
    }

    static Work<Connection, SQLException> pay(IdempotentCall call) {
        return connection -> {
            payOn(connection, call);
            return DONE;
        };
    }

    private static boolean isSql(String step) {
        return step.contains(" ");
    }

    @OnEachDatabase
    void work_thatSucceeds_isCommittedWithItsRecordByOneStatementAndOneCommit(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        List<String> steps = new CopyOnWriteArrayList<>();
        AtomicBoolean counting = new AtomicBoolean();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (counting.get()) {
                steps.add(step);
            }
            return go.go();
        });
        LedgerFixture ledger = LedgerFixture.in(database);
        TransactionalIdempotency idempotency = ledger.over(wire).idempotency();
        counting.set(true);
        assertThat(idempotency.executeWithResponse(call, DONE, pay(call)))
                .isEqualTo(new IdempotentResult.Executed(DONE));
        counting.set(false);
        assertThat(steps).filteredOn(InterceptedDataSource::isInsert).hasSize(1);
        assertThat(steps).filteredOn(step -> step.equals("commit")).hasSize(1);
        // A look where the INSERT does not read the purge mark, the INSERT, and the statement of the work.
        assertThat(steps).filteredOn(UnclaimedTest::isSql).hasSize(database.isPostgres() ? 2 : 3);
        assertThat(ledger.stateOf(call)).isEqualTo(State.DONE);
        assertThat(ledger.record(call).claims()).isEqualTo(1);
        assertThat(ledger.payments(call)).isEqualTo(1);
        assertThat(idempotency.counts()).isEqualTo(counts(Kind.EXECUTED));
    }

    static IdempotencyCounts counts(Kind... kinds) {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        for (Kind kind : kinds) {
            counts.merge(kind, 1L, Long::sum);
        }
        return new IdempotencyCounts(counts);
    }

    @OnEachDatabase
    void work_ofAKeyThatIsDone_isReplayedByBothMethods(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = LedgerFixture.in(database).idempotency();
        idempotency.executeWithResponse(call, DONE, pay(call));
        assertThat(idempotency.executeWithResponse(call, DONE, MUST_NOT_RUN))
                .isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(idempotency.execute(call, MUST_NOT_RUN)).isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(LedgerFixture.in(database).payments(call)).isEqualTo(1);
    }

    @OnEachDatabase
    void work_thatThrows_leavesNoRecordAndRunsAgain(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = LedgerFixture.in(database).idempotency();
        IOException failure = new IOException("no paper");
        assertThat(catchThrowable(() -> idempotency.executeWithResponse(call, DONE, connection -> {
                    payOn(connection, call);
                    throw failure;
                })))
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        LedgerFixture ledger = LedgerFixture.in(database);
        assertThat(ledger.store().find(call.storageKey())).isEmpty();
        assertThat(ledger.payments(call)).isZero();
        assertThat(idempotency.executeWithResponse(call, DONE, pay(call)))
                .isInstanceOf(IdempotentResult.Executed.class);
        assertThat(idempotency.counts()).isEqualTo(counts(Kind.FAILED, Kind.EXECUTED));
    }

    @OnEachDatabase
    void work_whoseOutcomeIsUnknown_isRolledBackAndDoesNotRunAgain(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = LedgerFixture.in(database).idempotency();
        assertThatThrownBy(() -> idempotency.executeWithResponse(call, DONE, connection -> {
                    payOn(connection, call);
                    throw new OutcomeUnknownException("sent, no reply");
                }))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(LedgerFixture.in(database).stateOf(call)).isEqualTo(State.UNKNOWN);
        assertThat(LedgerFixture.in(database).payments(call)).isZero();
        assertThat(idempotency.counts()).isEqualTo(counts(Kind.FAILED, Kind.BECAME_UNKNOWN));
        assertThat(idempotency.executeWithResponse(call, DONE, MUST_NOT_RUN))
                .isInstanceOf(IdempotentResult.Unknown.class);
    }

    @OnEachDatabase
    void work_thatConflictsWithAnotherTransaction_runsAgain(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        IdempotentResult result = LedgerFixture.in(database)
                .idempotency()
                .executeWithResponse(call, DONE, connection -> {
                    payOn(connection, call);
                    if (runs.incrementAndGet() == 1) {
                        throw new SQLException("a deadlock", "40001");
                    }
                    return DONE;
                });
        assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(runs).hasValue(2);
        assertThat(LedgerFixture.in(database).payments(call)).isEqualTo(1);
    }

    @OnEachDatabase
    void call_whileTheWorkRuns_isInProgressAndTheWorkHasItsOwnLockTimeout(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        LedgerFixture ledger = LedgerFixture.in(database);
        TransactionalIdempotency idempotency = ledger.idempotency();
        List<Object> seen = new ArrayList<>();
        Work<Connection, SQLException> work = connection -> {
            seen.add(lockTimeout(database, connection));
            long start = System.nanoTime();
            seen.add(idempotency.executeWithResponse(call, DONE, MUST_NOT_RUN));
            assertThat(System.nanoTime() - start).isGreaterThan(900_000_000);
            payOn(connection, call);
            return DONE;
        };
        DataSource limited = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            Object result = go.go();
            if (step.equals("connect")) {
                limit(database, (Connection) result);
            }
            return result;
        });
        assertThat(ledger.over(limited).idempotency().executeWithResponse(call, DONE, work))
                .isInstanceOf(IdempotentResult.Executed.class);
        assertThat(seen.get(0)).isEqualTo(database.isPostgres() ? "17s" : database.isMariaDb() ? "17" : "17000");
        assertThat(seen.get(1)).isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(ledger.payments(call)).isEqualTo(1);
        assertThat(idempotency.executeWithResponse(call, DONE, MUST_NOT_RUN))
                .isInstanceOf(IdempotentResult.Replayed.class);
    }

    private static void limit(TestDatabase database, Connection connection) throws SQLException {
        directly(
                connection,
                database.isPostgres()
                        ? "SET lock_timeout = '17s'"
                        : database.isMariaDb() ? "SET innodb_lock_wait_timeout = 17" : "SET LOCK_TIMEOUT 17000");
    }

    private static String lockTimeout(TestDatabase database, Connection connection) throws SQLException {
        return Dialect.only(
                connection,
                database.isPostgres()
                        ? "SHOW lock_timeout"
                        : database.isMariaDb() ? "SELECT @@innodb_lock_wait_timeout" : "SELECT LOCK_TIMEOUT()");
    }

    @OnEachDatabase
    void work_ofAnotherRequestOrOfAKeyOutOfItsTime_doesNotRun(TestDatabase database) throws Exception {
        TransactionalIdempotency idempotency = LedgerFixture.in(database).idempotency();
        String key = UUID.randomUUID().toString();
        idempotency.executeWithResponse(call(key), DONE, connection -> DONE);
        assertThat(idempotency.executeWithResponse(call(key, "pay 200"), DONE, MUST_NOT_RUN))
                .isEqualTo(new IdempotentResult.Rejected(Reason.MISMATCH));
        assertThat(idempotency.executeWithResponse(call("018c0000-0000-7000-8000-000000000017"), DONE, MUST_NOT_RUN))
                .isEqualTo(new IdempotentResult.Rejected(Reason.EXPIRED));
        assertThat(idempotency.executeWithResponse(call("0f000000-0000-7000-8000-000000000017"), DONE, MUST_NOT_RUN))
                .isEqualTo(new IdempotentResult.Rejected(Reason.KEY_FROM_FUTURE));
    }

    @OnEachDatabase
    void limitOfAScopeAndEncryption_needAClaim(TestDatabase database) throws Exception {
        LedgerFixture ledger = LedgerFixture.in(database);
        IdempotencyEngine plain = IdempotencyEngine.of(ledger.store());
        assertThat(isClaimed(database, plain)).isFalse();
        assertThat(isClaimed(database, IdempotencyEngine.of(ledger.store().withMaxPerScope(1_000_000))))
                .isTrue();
        assertThat(isClaimed(
                        database,
                        plain.withEncryption(ResponseEncryption.of("k1", new SecretKeySpec(new byte[32], "AES")))))
                .isTrue();
    }

    /** A record that is claimed is visible to others while the work runs. */
    private static boolean isClaimed(TestDatabase database, IdempotencyEngine engine) throws Exception {
        IdempotentCall call = call();
        AtomicBoolean claimed = new AtomicBoolean();
        IdempotentResult result = TransactionalIdempotency.of(engine).executeWithResponse(call, DONE, connection -> {
            claimed.set(
                    LedgerFixture.in(database).store().find(call.storageKey()).isPresent());
            return DONE;
        });
        assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
        return claimed.get();
    }

    @OnEachDatabase
    void work_thatReturnsAnotherResponse_isRolledBack(TestDatabase database) {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = LedgerFixture.in(database).idempotency();
        assertThatThrownBy(() -> idempotency.executeWithResponse(call, DONE, connection -> {
                    payOn(connection, call);
                    return StoredResponse.of("receipt 17");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("return the response that was passed");
        assertThat(LedgerFixture.in(database).payments(call)).isZero();
        assertThatThrownBy(() -> idempotency.executeWithResponse(
                        call, StoredResponse.of(409, Map.of(), new byte[0]), MUST_NOT_RUN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @OnEachDatabase
    void transactionManager_isUsed_andItsRollbackIsNoSuccess(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        StoreConnections connections = new StoreConnections(database.dataSource());
        TransactionalIdempotency marked = LedgerFixture.in(database)
                .idempotency()
                .withTransactions(body -> connections.transaction(connection -> {
                    boolean unused = body.test(connection);
                    return false;
                }));
        assertThatThrownBy(() -> marked.executeWithResponse(call, DONE, pay(call)))
                .isInstanceOf(RolledBackException.class)
                .hasMessageStartingWith("the transaction was marked for rollback");
        assertThat(LedgerFixture.in(database).payments(call)).isZero();
        TransactionalIdempotency without = LedgerFixture.in(database)
                .idempotency()
                .withTransactions(body -> {
                    try (Connection connection = database.dataSource().getConnection()) {
                        return body.test(connection);
                    }
                });
        assertThatThrownBy(() -> without.executeWithResponse(call, DONE, MUST_NOT_RUN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("auto-commit on");
        TransactionalIdempotency within =
                LedgerFixture.in(database).idempotency().withTransactions(inTransaction());
        assertThatThrownBy(() -> within.executeWithResponse(call, DONE, MUST_NOT_RUN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("this thread is in a transaction already");
    }

    private static TransactionRunner inTransaction() {
        return new TransactionRunner() {
            @Override
            public boolean runInTransaction(Predicate<Connection> body) {
                throw new AssertionError("begun");
            }

            @Override
            public boolean isInTransaction() {
                return true;
            }
        };
    }

    @OnEachDatabase
    void interrupt_ofTheWork_isKeptForItsCaller(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        IdempotentResult result = LedgerFixture.in(database)
                .idempotency()
                .executeWithResponse(call, DONE, connection -> {
                    payOn(connection, call);
                    Thread.currentThread().interrupt();
                    return DONE;
                });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(LedgerFixture.in(database).payments(call)).isEqualTo(1);
    }

    /** In every second round, the first work conflicts with another transaction. */
    @OnEachDatabase
    void callsAndAnEndpoint_atOnceWithOneKey_haveOneEffect(TestDatabase database) throws Exception {
        try (HikariDataSource pool = database.pool(10)) {
            TransactionalIdempotency idempotency = LedgerFixture.in(database)
                    .over(OneConnectionPerThread.of(pool))
                    .idempotency();
            for (int round = 0; round < ROUNDS; round++) {
                IdempotentCall call = call();
                AtomicInteger conflicts = new AtomicInteger(round % 2);
                Work<Connection, SQLException> work = connection -> {
                    payOn(connection, call);
                    if (conflicts.getAndDecrement() > 0) {
                        throw new SQLException("a deadlock", "40001");
                    }
                    return DONE;
                };
                Callable<IdempotentResult> unclaimed = () -> idempotency.executeWithResponse(call, DONE, work);
                Callable<IdempotentResult> endpoint = () -> idempotency.execute(call, work);
                List<IdempotentResult> results =
                        ContentionTest.atOnce(List.of(unclaimed, endpoint, unclaimed, endpoint));
                assertThat(results)
                        .filteredOn(IdempotentResult.Executed.class::isInstance)
                        .hasSize(1);
                assertThat(results)
                        .filteredOn(result -> !(result instanceof IdempotentResult.Executed))
                        .allMatch(result -> result instanceof IdempotentResult.Replayed
                                || result instanceof IdempotentResult.InProgress);
                assertThat(LedgerFixture.in(database).payments(call)).isEqualTo(1);
            }
        }
    }
}
