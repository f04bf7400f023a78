package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that ends its transaction by itself is never run again, however it ends; work that does not is. */
@OnRealDatabases
record EntryTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    private static StoredResponse status(int status) {
        return StoredResponse.of(status, Map.of(), "no".getBytes(StandardCharsets.UTF_8));
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Work<Connection, SQLException> payAndCommit(
            IdempotentCall call, Work<Connection, SQLException> then) {
        return connection -> {
            payOn(connection, call);
            execute(connection, "COMMIT");
            return then.run(connection);
        };
    }

    private void assertNeverRunAgain(IdempotentCall call) {
        assertThat(ledger().stateOf(call)).isEqualTo(State.UNKNOWN);
        for (int i = 0; i < 3; i++) {
            IdempotentResult again = ledger().idempotency().execute(call, connection -> {
                throw new AssertionError("it was run again");
            });
            assertThat(again).isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
        }
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    private void assertRunsAgain(IdempotentCall call) throws SQLException {
        assertThat(ledger().payments(call)).isZero();
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void commitThenAStatementThatFails_isUnknownAndTheFailurePassesThrough() throws SQLException {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = ledger().idempotency();
        assertThatThrownBy(() -> idempotency.execute(call, payAndCommit(call, connection -> {
                    execute(connection, "INSERT INTO nowhere VALUES (1)");
                    return StoredResponse.of("paid");
                })))
                .isInstanceOf(SQLException.class)
                .satisfies(thrown ->
                        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class));
        assertThat(idempotency.counts().count(Kind.BECAME_UNKNOWN)).isEqualTo(1);
        assertNeverRunAgain(call);
    }

    @ParameterizedTest
    @ValueSource(ints = {503, 500, 429, 422, 404})
    void commitThenAnError_isUnknownAndTheErrorIsReturned(int status) throws SQLException {
        IdempotentCall call = call();
        IdempotentResult result =
                ledger().idempotency().execute(call, payAndCommit(call, connection -> status(status)));
        assertThat(result).isEqualTo(new IdempotentResult.FailedWithUnknownEffect(status(status)));
        assertNeverRunAgain(call);
    }

    @Test
    void commitThenAResult_isUnknown() throws SQLException {
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger().idempotency()
                        .execute(call, payAndCommit(call, connection -> StoredResponse.of("paid"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended its transaction");
        assertNeverRunAgain(call);
    }

    /** The failure is one for which a transaction is tried again, and this one must not be. */
    @Test
    void commitThenADeadlock_isNotTriedAgainWithinTheCall() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, payAndCommit(call, connection -> {
                    runs.incrementAndGet();
                    throw new SQLTransactionRollbackException("deadlock", "40001");
                })))
                .isInstanceOf(IllegalStateException.class);
        assertThat(runs).hasValue(1);
        assertNeverRunAgain(call);
    }

    @Test
    void commitThenACrash_isUnknownOnceTheLeaseIsOver() throws Exception {
        IdempotentCall call = call();
        // The statements of a process that ends here, before it records the result.
        TestDatabase.run(
                database.dataSource(),
                "INSERT INTO ledger (id, amount) VALUES ('" + call.storageKey().value() + "', 100)");
        ledger().idempotency().execute(call, connection -> status(503));
        TestDatabase.run(
                database.dataSource(),
                "UPDATE respite_idempotency SET state = 'EFFECT_STARTED', owner = 'gone' WHERE storage_key = '"
                        + call.storageKey().value() + "'");
        assertThat(ledger().idempotency().execute(call, pay(call))).isInstanceOf(IdempotentResult.InProgress.class);
        ledger().letPass(call, 3_600);
        assertThat(ledger().idempotency().execute(call, pay(call))).isInstanceOf(IdempotentResult.Unknown.class);
        assertNeverRunAgain(call);
    }

    @Test
    void ddlThenAnException_isDecidedByWhatTheDatabaseCommitted() throws SQLException {
        IdempotentCall call = call();
        IllegalArgumentException mine = new IllegalArgumentException("mine");
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    payOn(connection, call);
                    execute(connection, "CREATE TABLE IF NOT EXISTS made_by_the_work (id integer)");
                    throw mine;
                }))
                .isSameAs(mine);
        if (database.isPostgres()) {
            assertRunsAgain(call);
        } else {
            assertNeverRunAgain(call);
        }
    }

    /** A prepared transaction keeps its locks, and another session commits it or rolls it back later. The call does not wait. */
    @ParameterizedTest
    @ValueSource(strings = {"COMMIT", "ROLLBACK"})
    void transactionThatIsPrepared_isDecidedByItsEnd(String end) throws SQLException {
        assumeThat(database.isPostgres()).isTrue();
        IdempotentCall call = call();
        String name = "'" + call.storageKey().value() + "'";
        List<String> locked = new CopyOnWriteArrayList<>();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            try {
                return go.go();
            } catch (SQLException failure) {
                locked.add(step + ": " + failure.getMessage());
                throw failure;
            }
        });
        assertThatThrownBy(() -> ledger().over(wire).idempotency().execute(call, connection -> {
                    payOn(connection, call);
                    execute(connection, "PREPARE TRANSACTION " + name);
                    return StoredResponse.of("paid");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(locked).as("statements that have waited for the lock").isEmpty();
        assertThat(ledger().idempotency().execute(call, pay(call))).isInstanceOf(IdempotentResult.InProgress.class);

        TestDatabase.run(database.dataSource(), end + " PREPARED " + name);
        ledger().letPass(call, 3_600);
        if (end.equals("COMMIT")) {
            assertThat(ledger().idempotency().execute(call, pay(call))).isInstanceOf(IdempotentResult.Unknown.class);
            assertNeverRunAgain(call);
        } else {
            executed(ledger().idempotency().execute(call, pay(call)));
            assertThat(ledger().payments(call)).isEqualTo(1);
        }
    }

    @Test
    void exceptionWithoutACommit_runsAgain() throws SQLException {
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    payOn(connection, call);
                    throw new IllegalArgumentException("mine");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoSuppressedExceptions();
        assertRunsAgain(call);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 503})
    void rollbackAndCommitByStatementsThenAnError_isUnknown(int status) throws SQLException {
        IdempotentCall call = call();
        IdempotentResult result = ledger().idempotency().execute(call, connection -> {
            execute(connection, "ROLLBACK");
            payOn(connection, call);
            execute(connection, "COMMIT");
            return status(status);
        });
        assertThat(result).isEqualTo(new IdempotentResult.FailedWithUnknownEffect(status(status)));
        assertNeverRunAgain(call);
    }

    /** The rollback removes the mark, but the connection is in another transaction. */
    @ParameterizedTest
    @ValueSource(strings = {"", "INSERT INTO account (id, balance) VALUES ('after-commit', 1)"})
    void rollbackAndCommitByStatementsThenAnException_isUnknown(String afterwards) throws SQLException {
        IdempotentCall call = call();
        IllegalArgumentException mine = new IllegalArgumentException("mine");
        TransactionalIdempotency idempotency = ledger().idempotency();
        assertThatThrownBy(() -> idempotency.execute(call, connection -> {
                    execute(connection, "ROLLBACK");
                    payOn(connection, call);
                    execute(connection, "COMMIT");
                    if (!afterwards.isEmpty()) {
                        execute(connection, afterwards);
                    }
                    throw mine;
                }))
                .isSameAs(mine)
                .satisfies(thrown ->
                        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class));
        assertThat(idempotency.counts().count(Kind.BECAME_UNKNOWN)).isEqualTo(1);
        assertNeverRunAgain(call);
    }

    /** The rollback removes the mark, and a later commit leaves no trace. */
    @Test
    void rollbackAndCommitByStatementsThenAResult_isUnknown() throws SQLException {
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    execute(connection, "ROLLBACK");
                    payOn(connection, call);
                    execute(connection, "COMMIT");
                    return StoredResponse.of("paid");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended its transaction");
        assertNeverRunAgain(call);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 409, 422, 451})
    void errorThatIsAResult_leavesNoRowsAndIsReplayed(int status) throws SQLException {
        IdempotentCall call = call();
        IdempotentResult result = ledger().idempotency().execute(call, connection -> {
            payOn(connection, call);
            return status(status);
        });
        assertThat(result).isEqualTo(new IdempotentResult.Executed(status(status)));
        assertThat(ledger().stateOf(call)).isEqualTo(State.DONE);
        IdempotentResult again = ledger().idempotency().execute(call, pay(call));
        assertThat(((IdempotentResult.Replayed) again).response()).isEqualTo(status(status));
        assertThat(ledger().payments(call)).isZero();
    }

    /** The usual idiom: an INSERT finds that it is there already, and the response is 409. */
    @Test
    void duplicateKeyThatWasCaught_isAConflictThatIsReplayed() throws SQLException {
        IdempotentCall call = call();
        String account = "INSERT INTO account (id, balance) VALUES ('"
                + call.storageKey().value() + "', 0)";
        TestDatabase.run(database.dataSource(), account);
        IdempotentResult result = ledger().idempotency().execute(call, connection -> {
            payOn(connection, call);
            assertThatThrownBy(() -> execute(connection, account)).isInstanceOf(SQLException.class);
            return status(409);
        });
        assertThat(result).isEqualTo(new IdempotentResult.Executed(status(409)));
        assertThat(ledger().payments(call)).isZero();
        assertThat(ledger().stateOf(call)).isEqualTo(State.DONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {422, 429, 503})
    void withCommitOn_keepsTheRowsAndReplays(int status) throws SQLException {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = ledger().idempotency().withCommitOn(chosen -> chosen == status);
        idempotency.execute(call, connection -> {
            payOn(connection, call);
            return status(status);
        });
        IdempotentResult again = idempotency.execute(call, pay(call));
        assertThat(((IdempotentResult.Replayed) again).response()).isEqualTo(status(status));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void withCommitOn_othersAreStillRolledBack() throws SQLException {
        IdempotentCall call = call();
        ledger().idempotency().withCommitOn(chosen -> chosen == 422).execute(call, connection -> {
            payOn(connection, call);
            return status(429);
        });
        assertRunsAgain(call);
    }

    /** Frameworks wrap what a handler throws, and its cause may be one for which a transaction is tried again. */
    @Test
    void outcomeUnknown_wrappedAndCausedByAFailureThatMayPass_isNeverRunAgain() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        RuntimeException wrapped = new RuntimeException(new OutcomeUnknownException(
                "the wire went dead", new SQLTransactionRollbackException("deadlock", "40001")));
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    runs.incrementAndGet();
                    throw wrapped;
                }))
                .isSameAs(wrapped);
        assertThat(runs).hasValue(1);
        assertThat(ledger().stateOf(call)).isEqualTo(State.UNKNOWN);
    }

    /** It must not run again because the database was away for a moment. */
    @Test
    void outcomeUnknown_databaseIsAwayForAMoment_isRecordedOnceItIsBack() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger refusals = new AtomicInteger(-1);
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (refusals.get() > 0 && step.contains("respite_idempotency")) {
                refusals.decrementAndGet();
                throw new SQLTransientConnectionException("away", "08006");
            }
            return go.go();
        });
        assertThatThrownBy(() -> ledger().over(wire).idempotency().execute(call, connection -> {
                    refusals.set(3);
                    throw new OutcomeUnknownException("the wire went dead");
                }))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(refusals).hasValue(0);
        assertThat(ledger().stateOf(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void outcomeUnknown_isRolledBackAndNeverRunAgain() throws SQLException {
        IdempotentCall call = call();
        IdempotencyEngine engine = IdempotencyEngine.of(ledger().store()).withSettings(IdempotencySettings.defaults());
        TransactionalIdempotency idempotency = TransactionalIdempotency.of(engine);
        OutcomeUnknownException mine = new OutcomeUnknownException("the wire went dead");
        assertThatThrownBy(() -> idempotency.execute(call, connection -> {
                    payOn(connection, call);
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(ledger().payments(call)).isZero();
        assertThat(ledger().stateOf(call)).isEqualTo(State.UNKNOWN);
        assertThat(idempotency.execute(call, pay(call))).isEqualTo(new IdempotentResult.Unknown(call.storageKey()));

        assertThat(engine.resolve(call.storageKey(), Resolution.notDone(Resolution.Barred.OWNER_DEAD)))
                .isTrue();
        assertThat(idempotency.execute(call, connection -> StoredResponse.of("paid")))
                .isInstanceOf(IdempotentResult.Executed.class);
    }

    @Test
    void takenOverWhileItRolledBack_getsTheResultOfTheOther() throws SQLException {
        IdempotentCall call = call();
        AtomicInteger runs = new AtomicInteger();
        IdempotentResult result = ledger().idempotency().execute(call, connection -> {
            if (runs.incrementAndGet() == 1) {
                execute(connection, "ROLLBACK");
                ledger().letPass(call, 3_600);
                executed(ledger().idempotency().execute(call, pay(call)));
            }
            return status(422);
        });
        assertThat(result).isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(runs).hasValue(1);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }
}
