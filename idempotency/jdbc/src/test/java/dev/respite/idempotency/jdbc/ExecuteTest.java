package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.ResponseEncryption;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call does, where nothing is in its way. */
@OnRealDatabases
record ExecuteTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    @Test
    void execute_newKey_runsAndRecords() throws SQLException {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = ledger().idempotency();
        executed(idempotency.execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
        assertThat(ledger().stateOf(call)).isEqualTo(State.DONE);
        assertThat(idempotency.counts().count(Kind.EXECUTED)).isEqualTo(1);
    }

    @Test
    void execute_again_replaysTheResponse() throws SQLException {
        IdempotentCall call = call();
        String first = executed(ledger().idempotency().execute(call, pay(call)));
        // Another one, of another node say: all it has in common is the database.
        assertThat(replayed(ledger().idempotency().execute(call, pay(call)))).isEqualTo(first);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void execute_bodyOverTheCap_isReturnedOnceAndKnownToBeDone() throws SQLException {
        IdempotentCall call = call();
        LedgerFixture ledger = ledger().with(IdempotencySettings.defaults().withMaxStoredBody(3));
        executed(ledger.idempotency().execute(call, pay(call)));
        IdempotentResult again = ledger.idempotency().execute(call, pay(call));
        assertThat(((IdempotentResult.Replayed) again).response().body()).isEmpty();
        assertThat(ledger.payments(call)).isEqualTo(1);
    }

    @Test
    void execute_bodyOverTheCapAndRejected_isRolledBackAndCanBeSentAgain() throws SQLException {
        IdempotentCall call = call();
        LedgerFixture ledger = ledger().with(IdempotencySettings.defaults().withMaxStoredBody(3));
        TransactionalIdempotency strict = ledger.idempotency().withLongResponsesRejected();
        assertThatThrownBy(() -> strict.execute(call, connection -> {
                    payOn(connection, call);
                    return StoredResponse.of("four");
                }))
                .isInstanceOf(RolledBackException.class)
                .hasMessageContaining("StoredResponse[200, 4 bytes], and the limit is 3 bytes")
                .hasMessageContaining("raise IdempotencySettings.maxStoredBody");
        assertThat(ledger.payments(call)).isZero();
        assertThat(ledger.stateOf(call)).isEqualTo(State.READY);
        IdempotentResult again = strict.execute(call, connection -> {
            payOn(connection, call);
            return StoredResponse.of("one");
        });
        assertThat(executed(again)).isEqualTo("one");
        assertThat(ledger.payments(call)).isEqualTo(1);
        assertThat(strict.counts().count(Kind.BODY_NOT_KEPT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000_000})
    void execute_bodyOfAnySizeUnderTheCap_isKeptToTheByte(int bytes) throws SQLException {
        IdempotentCall call = call();
        LedgerFixture ledger = ledger().with(IdempotencySettings.defaults().withMaxStoredBody(1_000_000));
        StoredResponse response = StoredResponse.of(201, Map.of("Location", List.of("/payments/1")), new byte[bytes]);
        ledger.idempotency().execute(call, connection -> response);
        IdempotentResult again = ledger.idempotency().execute(call, connection -> StoredResponse.empty());
        assertThat(((IdempotentResult.Replayed) again).response()).isEqualTo(response);
    }

    @Test
    void execute_exception_leavesNothingAndCanBeSentAgain() throws SQLException {
        IdempotentCall call = call();
        IOException mine = new IOException("the printer is on fire");
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    payOn(connection, call);
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(ledger().payments(call)).isZero();
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
        IdempotencyRecord.Times times = ledger().record(call).times();
        // PostgreSQL reads its clock for each of the two.
        assertThat(Duration.between(times.leaseUntil(), times.expiresAt()))
                .isCloseTo(
                        Duration.ofMinutes(10)
                                .minus(IdempotencySettings.defaults().lease()),
                        Duration.ofSeconds(1));
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void execute_error_leavesNothingAndCanBeSentAgain() throws SQLException {
        IdempotentCall call = call();
        StackOverflowError deep = new StackOverflowError();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    payOn(connection, call);
                    throw deep;
                }))
                .isSameAs(deep);
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void execute_interruptedWhileRunning_recordsAndStaysInterrupted() throws SQLException {
        IdempotentCall call = call();
        IdempotentResult result = ledger().idempotency().execute(call, connection -> {
            payOn(connection, call);
            Thread.currentThread().interrupt();
            return StoredResponse.of("paid");
        });
        assertThat(Thread.interrupted()).isTrue();
        executed(result);
        assertThat(ledger().stateOf(call)).isEqualTo(State.DONE);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void execute_interruptedAndThrown_isGivenBackAndStaysInterrupted() throws SQLException {
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    payOn(connection, call);
                    Thread.currentThread().interrupt();
                    throw new InterruptedException();
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
        assertThat(ledger().payments(call)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 401, 403, 406, 408, 425, 429})
    void execute_responseThatIsNoResult_isRolledBackAndRunAgain(int status) throws SQLException {
        IdempotentCall call = call();
        IdempotentResult result = ledger().idempotency().execute(call, connection -> {
            payOn(connection, call);
            return StoredResponse.of(status, Map.of(), new byte[0]);
        });
        assertThat(((IdempotentResult.NotDone) result).response().status()).isEqualTo(status);
        assertThat(ledger().payments(call)).isZero();
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** The status does not decide, not even if it is committed otherwise. */
    @ParameterizedTest
    @ValueSource(ints = {200, 400, 415, 503})
    void execute_workThatWasNotBegun_isRolledBackAndLeavesTheKeyToAnotherRequest(int status) throws SQLException {
        String key = UUID.randomUUID().toString();
        IdempotentCall call = call(key, "pay 100");
        IdempotentResult result = ledger().idempotency()
                .withCommitOn(each -> each == 415)
                .execute(call, connection -> {
                    payOn(connection, call);
                    return StoredResponse.of(status, Map.of(), new byte[0]).withoutEffect();
                });
        assertThat(((IdempotentResult.NotDone) result).response().status()).isEqualTo(status);
        assertThat(ledger().payments(call)).isZero();
        IdempotentCall corrected = call(key, "pay 200");
        executed(ledger().idempotency().execute(corrected, pay(corrected)));
        assertThat(ledger().idempotency().execute(call, pay(call))).isInstanceOf(IdempotentResult.Rejected.class);
    }

    @Test
    void execute_responseThatSaysNoForGood_isAResult() {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = ledger().idempotency();
        StoredResponse no = StoredResponse.of(422, Map.of(), "no cover".getBytes(StandardCharsets.UTF_8));
        idempotency.execute(call, connection -> no);
        IdempotentResult again = idempotency.execute(call, connection -> StoredResponse.empty());
        assertThat(((IdempotentResult.Replayed) again).response()).isEqualTo(no);
    }

    @Test
    void execute_withEncryption_keepsNoPlainTextInTheTable() throws SQLException {
        IdempotentCall call = call();
        TransactionalIdempotency idempotency = TransactionalIdempotency.of(IdempotencyEngine.of(ledger().store())
                .withEncryption(ResponseEncryption.of("k1", new SecretKeySpec(new byte[32], "AES"))));
        String first = executed(idempotency.execute(call, pay(call)));
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT response FROM respite_idempotency WHERE storage_key = ?")) {
            select.setString(1, call.storageKey().value());
            try (ResultSet row = select.executeQuery()) {
                assertThat(row.next()).isTrue();
                assertThat(new String(row.getBytes(1), StandardCharsets.ISO_8859_1))
                        .contains("k1")
                        .doesNotContain("paid", first);
            }
        }
        assertThat(replayed(idempotency.execute(call, pay(call)))).isEqualTo(first);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void execute_plainResponseInTheTable_isRejectedOrReplayedWithoutItsCookie() throws SQLException {
        IdempotentCall call = call();
        ResponseEncryption encryption = ResponseEncryption.of("k1", new SecretKeySpec(new byte[32], "AES"));
        IdempotencyEngine engine = IdempotencyEngine.of(ledger().store());
        TransactionalIdempotency strict =
                TransactionalIdempotency.of(engine.withEncryption(encryption.withoutPlainResponses()));
        String first = executed(strict.execute(call, pay(call)));
        assertThat(replayed(strict.execute(call, pay(call)))).isEqualTo(first);
        StoredResponse foreign = StoredResponse.of(
                200, Map.of("Set-Cookie", List.of("session=1"), "ETag", List.of("1")), new byte[] {'x'});
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE respite_idempotency SET response = ? WHERE storage_key = ?")) {
            update.setBytes(1, foreign.toBytes());
            update.setString(2, call.storageKey().value());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
        assertThatThrownBy(() -> strict.execute(call, pay(call)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("is in plain text");
        assertThat(strict.counts().count(Kind.STORE_FAILED)).isEqualTo(1);
        TransactionalIdempotency lenient = TransactionalIdempotency.of(engine.withEncryption(encryption));
        StoredResponse again = ((IdempotentResult.Replayed) lenient.execute(call, pay(call))).response();
        assertThat(again).isEqualTo(StoredResponse.of(200, Map.of("ETag", List.of("1")), new byte[] {'x'}));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void execute_null_leavesNothing() {
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("the work returned null");
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
    }

    @Test
    void fault34_otherBody_isRejectedInEveryState() throws SQLException {
        IdempotentCall call = call();
        IdempotentCall other = call(call.key().value(), "pay 900");
        TransactionalIdempotency idempotency = ledger().idempotency();

        idempotency.execute(call, connection -> {
            assertMismatch(ledger().idempotency().execute(other, pay(other)));
            return StoredResponse.of(500, Map.of(), new byte[0]);
        });
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
        assertMismatch(idempotency.execute(other, pay(other)));
        idempotency.execute(call, pay(call));
        assertMismatch(idempotency.execute(other, pay(other)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    private static void assertMismatch(IdempotentResult result) {
        assertThat(result).isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.MISMATCH));
    }

    @Test
    void fault35_sameKeyOfOtherScopeOrOperation_isAnotherThing() throws SQLException {
        IdempotencyKey key = IdempotencyKey.of(UUID.randomUUID().toString());
        Fingerprint requested = Fingerprint.of("1", new byte[0]);
        TransactionalIdempotency idempotency = ledger().idempotency();
        for (IdempotentCall call : List.of(
                IdempotentCall.of(Scope.of("alice"), "POST /payments", key, requested),
                IdempotentCall.of(Scope.of("bob"), "POST /payments", key, requested),
                IdempotentCall.of(Scope.of("alice"), "POST /refunds", key, requested))) {
            executed(idempotency.execute(call, pay(call)));
            assertThat(ledger().payments(call)).isEqualTo(1);
        }
    }

    @Test
    void fault51_nestedCalls_areEachTheirOwn() throws SQLException {
        IdempotentCall outer = call();
        IdempotentCall inner = IdempotentCall.of(
                outer.scope(),
                "POST /receipts",
                outer.key(),
                outer.fingerprints().get(0));
        TransactionalIdempotency idempotency = ledger().idempotency();
        Work<Connection, SQLException> work = connection -> {
            payOn(connection, outer);
            idempotency.execute(inner, pay(inner));
            return StoredResponse.of("both");
        };
        executed(idempotency.execute(outer, work));
        replayed(idempotency.execute(outer, work));
        assertThat(ledger().payments(outer)).isEqualTo(1);
        assertThat(ledger().payments(inner)).isEqualTo(1);
    }

    @Test
    void fault47_hostileKeys_areHashes() throws SQLException {
        TransactionalIdempotency idempotency = ledger().idempotency();
        String unique = UUID.randomUUID().toString();
        for (String key : List.of("'; DROP TABLE ledger; --", "K", "k", "k ", "\"", "%s{}$1")) {
            IdempotentCall call = call(unique + key);
            executed(idempotency.execute(call, pay(call)));
            assertThat(ledger().payments(call)).isEqualTo(1);
        }
    }

    @Test
    void of_claimsInAnotherStore_areRejected() {
        assertThatThrownBy(() -> TransactionalIdempotency.of(IdempotencyEngine.of(InMemoryIdempotencyStore.create())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("InMemoryIdempotencyStore")
                .hasMessageContaining("JdbcIdempotencyStore");
    }

    @Test
    void execute_sqlFailureThatWasSwallowed_isNotTakenForSuccess() {
        if (!database.isPostgres()) {
            return; // The others go on after a statement that failed, and so may the work.
        }
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    payOn(connection, call);
                    try (PreparedStatement wrong = connection.prepareStatement("INSERT INTO nowhere VALUES (1)")) {
                        wrong.executeUpdate();
                    } catch (SQLException swallowed) {
                        assertThat(swallowed.getSQLState()).isEqualTo("42P01");
                    }
                    return StoredResponse.of("all is well");
                }))
                .isInstanceOf(RolledBackException.class)
                .hasMessageContaining("set a savepoint");
        assertThat(ledger().payments(call)).isZero();
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
    }
}
