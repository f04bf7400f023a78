package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that were made of an exception of the work. */
@OnRealDatabases
record ResponseOfFailureTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    /** The key remains the key of this request. */
    @ParameterizedTest
    @ValueSource(ints = {200, 204, 303})
    void execute_successOfAFailure_isRolledBackAndRunAgain(int status) throws SQLException {
        String key = UUID.randomUUID().toString();
        IdempotentCall call = call(key, "pay 100");
        IdempotentResult result = ledger().idempotency()
                .withCommitOn(each -> true)
                .execute(call, connection -> {
                    payOn(connection, call);
                    return StoredResponse.of(status, Map.of(), new byte[0]).ofFailure();
                });
        assertThat(((IdempotentResult.NotDone) result).response().status()).isEqualTo(status);
        assertThat(ledger().payments(call)).isZero();
        IdempotentCall other = call(key, "pay 200");
        assertThat(ledger().idempotency().execute(other, pay(other))).isInstanceOf(IdempotentResult.Rejected.class);
        executed(ledger().idempotency().execute(call, pay(call)));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** The status of an error decides, whether it was returned or made of an exception. */
    @Test
    void execute_errorOfAFailure_isAResultAndMayBeCommitted() throws SQLException {
        IdempotentCall call = call();
        StoredResponse refused = StoredResponse.of(409, Map.of(), new byte[0]).ofFailure();
        ledger().idempotency().execute(call, connection -> refused);
        assertThat(ledger().idempotency().execute(call, pay(call))).isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(ledger().payments(call)).isZero();

        IdempotentCall committed = call();
        ledger().idempotency().withCommitOn(each -> each == 409).execute(committed, connection -> {
            payOn(connection, committed);
            return refused;
        });
        assertThat(ledger().payments(committed)).isEqualTo(1);
    }
}
