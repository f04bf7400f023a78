package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Owners that are slower than their lease, and clocks that jump. */
@OnRealDatabases
record TakeoverTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    @Test
    void fault10_pausedBeforeTheTransaction_isReplayedWhatTheOtherDid() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger connects = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        String[] other = new String[1];
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            // The first connection checks the database, the second claims, the third is for the transaction.
            if (step.equals("connect") && connects.incrementAndGet() == 3) {
                ledger().letPass(call, 31);
                other[0] = executed(ledger().idempotency().execute(call, pay(call)));
            }
            return go.go();
        });
        TransactionalIdempotency paused = ledger().over(wire).idempotency();
        String reported = replayed(paused.execute(call, connection -> {
            runs.incrementAndGet();
            return StoredResponse.of("never");
        }));
        assertThat(reported).isEqualTo(other[0]);
        assertThat(runs).hasValue(0);
        assertThat(paused.counts().count(Kind.LOST_OWNERSHIP)).isEqualTo(1);
        assertThat(ledger().payments(call)).isEqualTo(1);
        assertThat(ledger().record(call).claims()).isEqualTo(2);
    }

    @Test
    void fault11_pausedInTheTransaction_keepsItAndOthersAreInProgress() throws SQLException {
        IdempotentCall call = call();
        // Over at once: the lock shows that the owner lives.
        LedgerFixture shortLease = ledger().with(IdempotencySettings.defaults().withLease(Duration.ofMillis(1)));
        executed(shortLease.idempotency().execute(call, connection -> {
            payOn(connection, call);
            for (int i = 0; i < 3; i++) {
                assertThat(meanwhile(() -> shortLease.idempotency().execute(call, other -> StoredResponse.of("never"))))
                        .isInstanceOf(IdempotentResult.InProgress.class);
            }
            return StoredResponse.of("paid");
        }));
        replayed(shortLease.idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void fault02_deadAfterTheClaim_isTakenOverWhenTheLeaseIsOver() throws SQLException {
        IdempotentCall call = call();
        long fence = claimAndDie(call);
        assertThat(ledger().idempotency().execute(call, pay(call))).isInstanceOf(IdempotentResult.InProgress.class);
        ledger().letPass(call, 31);
        TransactionalIdempotency next = ledger().idempotency();
        executed(next.execute(call, pay(call)));
        assertThat(next.counts().count(Kind.TOOK_OVER)).isEqualTo(1);
        assertThat(ledger().record(call).ownerToken().fence()).isGreaterThan(fence);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void fault15_storeClockAnHourBack_waitsLongerAndNoMore() throws SQLException {
        IdempotentCall call = call();
        claimAndDie(call);
        ledger().letPass(call, -3600);
        IdempotentResult result = ledger().idempotency().execute(call, pay(call));
        assertThat(((IdempotentResult.InProgress) result).retryAfter()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        ledger().letPass(call, 3600 + 31);
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void fault12_ownerThatWasTakenOver_changesNothing() throws SQLException {
        IdempotentCall call = call();
        claimAndDie(call);
        OwnerToken old = ledger().record(call).ownerToken();
        ledger().letPass(call, 31);
        executed(ledger().idempotency().execute(call, pay(call)));
        IdempotencyRecord done = ledger().record(call);
        RecordWrite write = new RecordWrite(
                State.READY,
                old.owner(),
                done.fingerprint(),
                1,
                new RecordWrite.Terms(Duration.ofSeconds(1), Duration.ofDays(1), Duration.ZERO, Optional.empty()),
                Optional.empty());
        Precondition expectation = new Precondition(old, State.STARTED, false);
        assertThat(ledger().store().compareAndSet(expectation, write)).isInstanceOf(IdempotencyStore.Rejected.class);
        assertThat(ledger().record(call)).isEqualTo(done);
    }

    /**
     * Runs a call on another thread, which must not wait for this one. If it does, this one gives up and thereby ends the wait.
     */
    private static IdempotentResult meanwhile(Supplier<IdempotentResult> asking) {
        CompletableFuture<IdempotentResult> result =
                CompletableFuture.supplyAsync(asking, task -> new Thread(task).start());
        assertThat(result)
                .as("the response to another, which must not wait for an owner that has its transaction open")
                .succeedsWithin(Duration.ofSeconds(30));
        return result.join();
    }

    /** The documented timeout: without it, a client that disappears unnoticed locks the record permanently. */
    @Test
    void fault19_ownerGoneWithTheRecordLocked_isFreedByTheLimitOfIdleTransactions() throws SQLException {
        assumeThat(database).as("H2 has no such limit").isNotEqualTo(TestDatabase.H2_FILE);
        IdempotentCall call = call();
        claimAndDie(call);
        ledger().letPass(call, 31);
        try (Connection gone = database.dataSource().getConnection();
                Statement statement = gone.createStatement()) {
            statement.execute(
                    database.isPostgres()
                            ? "SET idle_in_transaction_session_timeout = '3s'"
                            : "SET idle_transaction_timeout = 3");
            gone.setAutoCommit(false);
            statement.execute("SELECT 1 FROM respite_idempotency WHERE storage_key = '"
                    + call.storageKey().value() + "' FOR UPDATE");
            TransactionalIdempotency next = ledger().idempotency();
            IdempotentResult result = next.execute(call, pay(call));
            assertThat(result).isInstanceOf(IdempotentResult.InProgress.class);
            while (result instanceof IdempotentResult.InProgress) {
                result = next.execute(call, pay(call));
            }
            executed(result);
        }
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** Like a process that is killed when it opens its second connection. */
    private long claimAndDie(IdempotentCall call) {
        AtomicInteger connects = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (step.equals("connect") && connects.incrementAndGet() == 3) {
                throw new TransactionCrashTest.Killed();
            }
            return go.go();
        });
        try {
            ledger().over(wire).idempotency().execute(call, pay(call));
            throw new AssertionError("it did not die");
        } catch (TransactionCrashTest.Killed | SQLException killed) {
            assertThat(ledger().stateOf(call)).isEqualTo(State.STARTED);
            return ledger().record(call).ownerToken().fence();
        }
    }
}
