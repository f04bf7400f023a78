package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Work that takes the transaction into its own hands. */
@OnRealDatabases
record GuardTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    @Test
    void workThatEndsTheTransaction_isRejected() {
        List<Work<Connection, SQLException>> works = List.of(
                connection -> {
                    connection.commit();
                    return StoredResponse.empty();
                },
                connection -> {
                    connection.rollback();
                    return StoredResponse.empty();
                },
                connection -> {
                    connection.setAutoCommit(true);
                    return StoredResponse.empty();
                },
                connection -> {
                    connection.abort(Runnable::run);
                    return StoredResponse.empty();
                });
        for (Work<Connection, SQLException> work : works) {
            IdempotentCall call = call();
            assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                        payOn(connection, call);
                        return work.run(connection);
                    }))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("is not allowed in the work");
            assertThat(ledger().payments(call)).isZero();
            assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
        }
    }

    @Test
    void workThatFindsItsConnectionAgain_isRejectedToo() {
        List<Work<Connection, SQLException>> ways = List.of(
                connection -> ended(connection.createStatement().getConnection()),
                connection -> ended(connection.prepareStatement("SELECT 1").getConnection()),
                connection -> ended(connection.prepareCall("{call none()}").getConnection()),
                connection -> ended(connection.getMetaData().getConnection()),
                connection -> ended(connection
                        .createStatement()
                        .executeQuery("SELECT 1")
                        .getStatement()
                        .getConnection()),
                connection -> ended(connection
                        .prepareStatement("SELECT 1")
                        .executeQuery()
                        .getStatement()
                        .getConnection()));
        for (Work<Connection, SQLException> way : ways) {
            IdempotentCall call = call();
            assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                        payOn(connection, call);
                        return way.run(connection);
                    }))
                    .isInstanceOf(SQLException.class);
            assertThat(ledger().payments(call)).isZero();
            assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
        }
    }

    private static StoredResponse ended(Connection again) throws SQLException {
        again.commit();
        return StoredResponse.empty();
    }

    @Test
    void workThatClosesItsConnection_doesNoHarm() throws SQLException {
        IdempotentCall call = call();
        executed(ledger().idempotency().execute(call, connection -> {
            try (connection) {
                payOn(connection, call);
            }
            return StoredResponse.of("paid");
        }));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void workThatGoesBackToItsSavepoint_keepsTheRest() throws SQLException {
        IdempotentCall call = call();
        executed(ledger().idempotency().execute(call, connection -> {
            payOn(connection, call);
            Savepoint before = connection.setSavepoint();
            payOn(connection, call);
            connection.rollback(before);
            return StoredResponse.of("paid");
        }));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void workThatCommitsInSql_isFoundOutAndNeverRunAgain() throws SQLException {
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger().idempotency().execute(call, connection -> {
                    payOn(connection, call);
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("COMMIT");
                    }
                    return StoredResponse.of("paid");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ExternalIdempotency");
        assertThat(ledger().stateOf(call)).isEqualTo(State.UNKNOWN);
        ledger().letPass(call, 31);
        assertThat(ledger().idempotency().execute(call, pay(call)))
                .isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    @Test
    void guardedConnection_isEqualToItselfOnly() throws SQLException {
        try (Connection raw = database.dataSource().getConnection()) {
            Connection guarded = GuardedConnection.of(raw);
            assertThat(guarded.equals(guarded)).isTrue();
            assertThat(guarded.equals(raw)).isFalse();
            assertThat(guarded.hashCode()).isEqualTo(guarded.hashCode());
            guarded.close();
            assertThat(raw.isClosed()).isFalse();
            assertThatThrownBy(() -> guarded.prepareStatement("nonsense").execute())
                    .isInstanceOf(SQLException.class);
        }
    }
}
