package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Commits without a reply. */
@OnRealDatabases
record CommitTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    @Test
    void fault17_committedAndTheAnswerIsLost_isASuccess() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger commits = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            Object result = go.go();
            if (step.equals("commit") && commits.incrementAndGet() == 1) {
                throw InterceptedDataSource.lost();
            }
            return result;
        });
        String reported = executed(ledger().over(wire).idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
        assertThat(replayed(ledger().idempotency().execute(call, pay(call)))).isEqualTo(reported);
    }

    @Test
    void fault17_committedAndTheFirstCheckFails_isASuccess() throws SQLException {
        IdempotentCall call = call();
        AtomicBoolean committed = new AtomicBoolean();
        AtomicInteger checks = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (committed.get() && step.contains("WHERE storage_key = ? FOR UPDATE") && checks.incrementAndGet() == 1) {
                throw InterceptedDataSource.lost();
            }
            Object result = go.go();
            if (step.equals("commit") && !committed.getAndSet(true)) {
                throw InterceptedDataSource.lost();
            }
            return result;
        });
        executed(ledger().over(wire).onVirtualTime().idempotency().execute(call, pay(call)));
        assertThat(checks).hasValue(2);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void fault17_notCommittedAndTheAnswerIsLost_isDoneAgain() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger commits = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit") && commits.incrementAndGet() == 1) {
                raw.close();
                throw InterceptedDataSource.lost();
            }
            return go.go();
        });
        AtomicInteger runs = new AtomicInteger();
        executed(ledger().over(wire).idempotency().execute(call, connection -> {
            runs.incrementAndGet();
            payOn(connection, call);
            return StoredResponse.of("paid");
        }));
        assertThat(runs).hasValue(2);
        assertThat(ledger().payments(call)).isEqualTo(1);
        assertThat(ledger().record(call).claims()).isEqualTo(1);
    }

    /** The lease was over, and another call has done the work and recorded its result meanwhile. */
    @Test
    void fault17_notCommittedAndDoneByAnotherCall_isTheResultOfThatCall() throws SQLException {
        IdempotentCall call = call();
        AtomicReference<String> other = new AtomicReference<>();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit") && other.get() == null) {
                raw.close();
                ledger().letPass(call, 31);
                other.set(executed(ledger().idempotency().execute(call, pay(call))));
                throw InterceptedDataSource.lost();
            }
            return go.go();
        });
        assertThat(replayed(ledger().over(wire).idempotency().execute(call, pay(call))))
                .isEqualTo(other.get());
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void commitFails_connectionAlive_isNotCommittedByGoingBackToAutoCommit() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger commits = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit") && commits.incrementAndGet() == 1) {
                throw new SQLException("not now", "40001");
            }
            return go.go();
        });
        AtomicInteger runs = new AtomicInteger();
        executed(ledger().over(wire).idempotency().execute(call, connection -> {
            runs.incrementAndGet();
            payOn(connection, call);
            return StoredResponse.of("paid");
        }));
        assertThat(runs).hasValue(2);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** The second attempt runs without an interrupt, and must not forget the one of the first. */
    @Test
    void interruptOfAnAttemptThatIsDoneAgain_isKeptForTheCaller() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger commits = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit") && commits.incrementAndGet() == 1) {
                raw.close();
                throw InterceptedDataSource.lost();
            }
            return go.go();
        });
        AtomicInteger runs = new AtomicInteger();
        executed(ledger().over(wire).idempotency().execute(call, connection -> {
            payOn(connection, call);
            if (runs.incrementAndGet() == 1) {
                Thread.currentThread().interrupt();
            }
            return StoredResponse.of("paid");
        }));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(runs).hasValue(2);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void fault18_commitGoesOnAfterTheClientGaveUp_isWaitedFor() throws SQLException {
        IdempotentCall call = call();
        CompletableFuture<Void> inquired = new CompletableFuture<>();
        CompletableFuture<Void> committed = new CompletableFuture<>();
        AtomicBoolean first = new AtomicBoolean(true);
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit") && first.compareAndSet(true, false)) {
                // The server commits during the check, from another thread; the client gets no reply.
                inquired.thenRunAsync(() -> commit(raw, committed));
                throw InterceptedDataSource.lost();
            }
            if (step.equals("rollback") && !committed.isDone()) {
                throw InterceptedDataSource.lost();
            }
            // The server does not notice that the client has given the connection up.
            if (List.of("abort", "close").contains(step) && !raw.getAutoCommit() && !committed.isDone()) {
                return null;
            }
            if (step.contains("WHERE storage_key = ? FOR UPDATE")) {
                inquired.complete(null);
            }
            return go.go();
        });
        assertThatCode(() -> executed(ledger().over(wire).idempotency().execute(call, pay(call))))
                .doesNotThrowAnyException();
        assertThat(committed).succeedsWithin(Duration.ofSeconds(30));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    private static void commit(Connection raw, CompletableFuture<Void> committed) {
        try {
            raw.commit();
            committed.complete(null);
        } catch (SQLException failure) {
            committed.completeExceptionally(failure);
        }
    }

    /** Effect and record are in one transaction, so a later call gets the result without a resolution. */
    @Test
    void replyLostAndDatabaseGone_isInProgressAndThenReplayed() throws SQLException {
        IdempotentCall call = call();
        AtomicBoolean gone = new AtomicBoolean();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (gone.get()) {
                throw InterceptedDataSource.lost();
            }
            Object result = go.go();
            if (step.equals("commit")) {
                gone.set(true);
                throw InterceptedDataSource.lost();
            }
            return result;
        });
        TransactionalIdempotency idempotency =
                ledger().over(wire).onVirtualTime().idempotency();
        assertThat(idempotency.execute(call, pay(call))).isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(idempotency.counts().count(Kind.STORE_FAILED)).isEqualTo(1);
        gone.set(false);
        replayed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void commitLostAndDatabaseGone_isInProgressAndThenRunOnceTheLeaseIsOver() throws SQLException {
        IdempotentCall call = call();
        AtomicBoolean gone = new AtomicBoolean();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit")) {
                gone.set(true);
                raw.close();
            }
            if (gone.get()) {
                throw InterceptedDataSource.lost();
            }
            return go.go();
        });
        IdempotentResult result =
                ledger().over(wire).onVirtualTime().idempotency().execute(call, pay(call));
        assertThat(result).isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(ledger().idempotency().execute(call, pay(call))).isInstanceOf(IdempotentResult.InProgress.class);
        ledger().letPass(call, 31);
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void deferredConstraint_isRejectedByTheDatabase_onceAndForAll() {
        if (!database.isPostgres()) {
            return; // The others have no deferred constraints.
        }
        TestDatabase.run(
                database.dataSource(),
                "CREATE TABLE IF NOT EXISTS deferred (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED)");
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    runs.incrementAndGet();
                    payOn(connection, call);
                    connection.createStatement().execute("INSERT INTO deferred VALUES (1), (1)");
                    return StoredResponse.of("paid");
                }))
                .isInstanceOf(RolledBackException.class)
                .hasRootCauseInstanceOf(SQLException.class);
        assertThat(runs).hasValue(1);
        assertThat(ledger().payments(call)).isZero();
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
    }
}
