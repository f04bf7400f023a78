package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static dev.respite.idempotency.jdbc.UnclaimedTest.counts;
import static dev.respite.idempotency.jdbc.UnclaimedTest.pay;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/** The end of the transaction of work whose record is written with it, by a commit or by the work itself. */
class UnclaimedCommitTest {

    private static final StoredResponse DONE = StoredResponse.empty();

    @OnEachDatabase
    void work_thatCommitsByItselfAndThrows_isUnknown(TestDatabase database) {
        endedByTheWork(database, "COMMIT", new IOException("no paper"));
    }

    /** The rollback has removed the record. */
    @OnEachDatabase
    void work_thatRollsBackByItselfAndThrows_isUnknown(TestDatabase database) {
        endedByTheWork(database, "ROLLBACK", new IOException("no paper"));
    }

    private static void endedByTheWork(TestDatabase database, String statement, Exception failure) {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = LedgerFixture.in(database).idempotency();
        assertThat(catchThrowable(() -> idempotency.executeWithResponse(call, DONE, connection -> {
                    payOn(connection, call);
                    UnclaimedTest.directly(connection, statement);
                    throw failure;
                })))
                .isSameAs(failure);
        assertThat(failure.getSuppressed())
                .singleElement()
                .isInstanceOfSatisfying(
                        IllegalStateException.class,
                        partly -> assertThat(partly).hasMessageStartingWith("the work has ended its transaction"));
        assertThat(LedgerFixture.in(database).stateOf(call)).isEqualTo(State.UNKNOWN);
        assertThat(idempotency.counts()).isEqualTo(counts(Kind.FAILED, Kind.BECAME_UNKNOWN));
    }

    /** The connection cannot show that the transaction is another one; the record does. */
    @OnEachDatabase
    void work_thatCommitsByItselfAndLosesItsConnection_isUnknownAndDoesNotRunAgain(TestDatabase database)
            throws Exception {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = LedgerFixture.in(database).idempotency();
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> idempotency.executeWithResponse(call, DONE, connection -> {
                    runs.incrementAndGet();
                    payOn(connection, call);
                    UnclaimedTest.directly(connection, "COMMIT");
                    throw InterceptedDataSource.lost();
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the work has ended its transaction");
        assertThat(runs).hasValue(1);
        assertThat(LedgerFixture.in(database).stateOf(call)).isEqualTo(State.UNKNOWN);
        assertThat(idempotency.executeWithResponse(call, DONE, UnclaimedTest.MUST_NOT_RUN))
                .isInstanceOf(IdempotentResult.Unknown.class);
    }

    /** Lets the first commit end in a way of its own. */
    private static TransactionalIdempotency committing(
            TestDatabase database, AtomicInteger commits, InterceptedDataSource.Tap first) {
        DataSource wire = InterceptedDataSource.tapped(
                database.dataSource(),
                (step, raw, go) ->
                        step.equals("commit") && commits.incrementAndGet() == 1 ? first.at(step, raw, go) : go.go());
        return LedgerFixture.in(database).over(wire).idempotency();
    }

    @OnEachDatabase
    void commit_withoutReplyThatTookEffect_isASuccess(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        AtomicInteger commits = new AtomicInteger();
        TransactionalIdempotency idempotency = committing(database, commits, (step, raw, go) -> {
            go.go();
            throw InterceptedDataSource.lost();
        });
        assertThat(idempotency.executeWithResponse(call, DONE, pay(call)))
                .isInstanceOf(IdempotentResult.Executed.class);
        assertThat(LedgerFixture.in(database).payments(call)).isEqualTo(1);
        assertThat(LedgerFixture.in(database).stateOf(call)).isEqualTo(State.DONE);
    }

    @OnEachDatabase
    void commit_withoutReplyThatTookNoEffect_isMadeAgain(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        AtomicInteger commits = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        TransactionalIdempotency idempotency = committing(database, commits, (step, raw, go) -> {
            raw.close();
            throw InterceptedDataSource.lost();
        });
        IdempotentResult result = idempotency.executeWithResponse(call, DONE, connection -> {
            runs.incrementAndGet();
            payOn(connection, call);
            return DONE;
        });
        assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(runs).hasValue(2);
        assertThat(LedgerFixture.in(database).payments(call)).isEqualTo(1);
    }

    /** The reply is lost while the commit is in progress: the check waits for it. */
    @OnEachDatabase
    void commit_thatIsInProgressWhenItsReplyIsLost_isAwaited(TestDatabase database) throws Exception {
        IdempotentCall call = call();
        AtomicInteger commits = new AtomicInteger();
        AtomicReference<Connection> inProgress = new AtomicReference<>();
        AtomicInteger probes = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("commit") && commits.incrementAndGet() == 1) {
                inProgress.set(raw);
                throw InterceptedDataSource.lost();
            }
            boolean isFirst = raw != null && raw == inProgress.get();
            if (isFirst && List.of("rollback", "abort", "close", "auto-commit").contains(step)) {
                return null;
            }
            if (inProgress.get() != null && InterceptedDataSource.isInsert(step) && probes.incrementAndGet() == 2) {
                inProgress.get().commit();
                inProgress.get().close();
            }
            return go.go();
        });
        assertThat(LedgerFixture.in(database).over(wire).idempotency().executeWithResponse(call, DONE, pay(call)))
                .isInstanceOf(IdempotentResult.Executed.class);
        assertThat(probes).hasValueGreaterThanOrEqualTo(2);
        assertThat(LedgerFixture.in(database).payments(call)).isEqualTo(1);
    }

    @OnEachDatabase
    void commit_thatTheDatabaseRejects_isNamedAndLeavesNoRecord(TestDatabase database) {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = committing(database, new AtomicInteger(), (step, raw, go) -> {
            raw.rollback();
            throw new SQLException("a deferred constraint", "23503");
        });
        assertThatThrownBy(() -> idempotency.executeWithResponse(call, DONE, pay(call)))
                .isInstanceOf(RolledBackException.class)
                .hasMessage("the database rejected the commit of the work: a deferred constraint");
        LedgerFixture ledger = LedgerFixture.in(database);
        assertThat(ledger.store().find(call.storageKey())).isEmpty();
        assertThat(ledger.payments(call)).isZero();
    }
}
