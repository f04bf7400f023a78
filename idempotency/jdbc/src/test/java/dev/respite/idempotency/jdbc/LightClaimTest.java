package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Claims that the database need not have on its disk when it responses. */
class LightClaimTest {

    private static final RecordQueries RECORDS = new RecordQueries(
            new PostgreSql(), new Tables("respite_idempotency", "respite_idempotency_purge", "respite_fence"));

    @ParameterizedTest
    @EnumSource(State.class)
    void claim_waitsForTheDisk_unlessNothingIsDoneUnderIt(State state) throws SQLException {
        if (state == State.DONE) {
            return; // No claim is that.
        }
        IdempotentCall call = call();
        try (Connection connection = TestDatabase.POSTGRESQL.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            RECORDS.putIfAbsent(connection, call.storageKey(), recordWrite(call, state));
            assertThat(synchronousCommit(connection)).isEqualTo(state == State.STARTED ? "off" : "on");
            connection.commit();
            assertThat(synchronousCommit(connection))
                    .as("of the next transaction")
                    .isEqualTo("on");
        }
    }

    @OnEachDatabase
    void claimThatACrashHasLost_isMadeAnew(TestDatabase database) throws SQLException {
        IdempotentCall call = call();
        AtomicInteger connects = new AtomicInteger();
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            // The first connection checks the database, the second claims, the third is for the transaction.
            if (step.equals("connect") && connects.incrementAndGet() == 3) {
                TestDatabase.run(
                        database.dataSource(),
                        "DELETE FROM respite_idempotency WHERE storage_key = '"
                                + call.storageKey().value() + "'");
            }
            return go.go();
        });
        TransactionalIdempotency idempotency =
                LedgerFixture.in(database).over(wire).idempotency();
        executed(idempotency.execute(call, pay(call)));
        assertThat(idempotency.counts().count(Kind.LOST_OWNERSHIP)).isEqualTo(1);
        assertThat(LedgerFixture.in(database).payments(call)).isEqualTo(1);
        assertThat(LedgerFixture.in(database).stateOf(call)).isEqualTo(State.DONE);
    }

    /** See the sizes in docs/idempotency-stores.md. Images of whole pages after a checkpoint are the reason for the upper limit. */
    @Test
    void firstCall_wal_isAFewKilobytes() {
        LedgerFixture ledger = LedgerFixture.in(TestDatabase.POSTGRESQL);
        try (HikariDataSource pool = TestDatabase.POSTGRESQL.pool(1)) {
            TransactionalIdempotency idempotency = ledger.over(pool).idempotency();
            int before = walKilobytes(ledger);
            for (int i = 0; i < 1_000; i++) {
                executed(idempotency.execute(call(), connection -> StoredResponse.of("x".repeat(200))));
            }
            assertThat(walKilobytes(ledger) - before).isBetween(1_500, 6_000);
        }
    }

    private static int walKilobytes(LedgerFixture ledger) {
        return ledger.number("SELECT CAST((pg_current_wal_insert_lsn() - '0/0') / 1024 AS integer)");
    }

    @Test
    void databaseWithoutSuchACommit_hasNone() {
        for (Dialect dialect : List.of(new H2(), new MariaDb())) {
            Statements statements = dialect.statements();
            assertThat(statements.claims().light())
                    .isEqualTo(statements.claims().durable());
        }
    }

    private static RecordWrite recordWrite(IdempotentCall call, State state) {
        RecordWrite.Terms terms =
                new RecordWrite.Terms(Duration.ofSeconds(30), Duration.ofDays(1), Duration.ZERO, Optional.empty());
        return new RecordWrite(state, "me", call.fingerprints().get(0), 1, terms, Optional.empty());
    }

    private static String synchronousCommit(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW synchronous_commit")) {
            row.next();
            return row.getString(1);
        }
    }
}
