package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.State;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A server dies, and another one takes over that has its rows by logical replication, not its sequences, and another clock. */
@ParameterizedClass
@ValueSource(ints = {10, -10})
@EnabledIfSystemProperty(named = TestPostgresql.HOME, matches = ".+", disabledReason = TestPostgresql.SKIPPED)
class LogicalFailoverTest {

    @Parameter
    int minutesAhead;

    private TestPostgresql primary;
    private TestPostgresql standby;
    private DelegatingDataSource current;

    @BeforeEach
    void startServers() throws Exception {
        primary = start(0);
        standby = start(minutesAhead);
        // The table of each server has this row, and the copy of the other one would be a duplicate.
        standby.sql().update("DELETE FROM respite_idempotency_purge");
        standby.follow(primary, "respite_idempotency, respite_idempotency_purge, ledger");
        current = new DelegatingDataSource(primary.dataSource());
    }

    private static TestPostgresql start(int minutesAhead) throws Exception {
        TestPostgresql server = new TestPostgresql(minutesAhead);
        TestDatabase.POSTGRESQL.makeTables(server.dataSource());
        return server;
    }

    @AfterEach
    void stopServers() throws Exception {
        primary.close();
        standby.close();
    }

    private void failOver() throws Exception {
        standby.takeOverFrom(primary);
        current.setTargetDataSource(standby.dataSource());
    }

    private JdbcIdempotencyStore store() {
        return JdbcIdempotencyStore.of(current);
    }

    private TransactionalIdempotency idempotency() {
        return idempotency(current);
    }

    private static TransactionalIdempotency idempotency(DataSource dataSource) {
        return TransactionalIdempotency.of(IdempotencyEngine.of(JdbcIdempotencyStore.of(dataSource))
                .withSettings(IdempotencySettings.defaults()
                        .withRetention(Duration.ofMinutes(5))
                        .withMaxClockSkew(Duration.ofMinutes(15))));
    }

    private long fence(IdempotentCall call) {
        return store().find(call.storageKey()).orElseThrow().ownerToken().fence();
    }

    private void assertPaidOnce(IdempotentCall call) {
        String key = call.storageKey().value();
        assertThat(standby.sql().queryForList("SELECT amount FROM ledger WHERE id = ?", key))
                .hasSize(1);
    }

    @Test
    void keys_afterAFailover_areReplayedOrHaveHigherFences() throws Exception {
        IdempotentCall done = call();
        String receipt = executed(idempotency().execute(done, pay(done)));
        IdempotentCall left = call();
        FenceTest.takeOver(store(), FenceTest.claim(store(), left));
        IdempotentCall released = call();
        assertThatThrownBy(() -> idempotency().execute(released, connection -> {
                    throw new SQLException("deadlock", "XX000");
                }))
                .isInstanceOf(SQLException.class);
        assertThat(store().find(released.storageKey()).orElseThrow().state()).isEqualTo(State.READY);
        long fenceOfLeft = fence(left);
        long fenceOfReleased = fence(released);

        failOver();
        assertThat(replayed(idempotency().execute(done, pay(done)))).isEqualTo(receipt);
        assertPaidOnce(done);

        assertThat(idempotency().execute(left, pay(left))).isInstanceOf(IdempotentResult.InProgress.class);
        standby.sql().update("UPDATE respite_idempotency SET lease_until = lease_until - INTERVAL '2 hours'");
        executed(idempotency().execute(left, pay(left)));
        assertThat(fence(left)).isGreaterThan(fenceOfLeft);
        assertPaidOnce(left);

        // The server whose clock is ahead purges the record.
        store().purge(100);
        executed(idempotency().execute(released, pay(released)));
        assertThat(fence(released)).isGreaterThan(fenceOfReleased);
        assertPaidOnce(released);
    }

    @Test
    void purgedKey_afterAFailover_isExpired() throws Exception {
        IdempotentCall call = call(PurgeTest.minted(Instant.now().minusSeconds(240)));
        executed(idempotency().execute(call, pay(call)));
        primary.sql().update("UPDATE respite_idempotency SET expires_at = expires_at - INTERVAL '1 hour'");
        assertThat(store().purge(100)).isEqualTo(1);

        failOver();
        assertThat(idempotency().execute(call, pay(call)))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.EXPIRED));
        assertPaidOnce(call);
    }

    @Test
    void commit_whoseServerDiesBeforeIt_isMadeOnceByTheNext() throws Exception {
        assertPaidOnceThoughTheServerDies(false);
    }

    @Test
    void commit_whoseServerDiesBeforeTheReply_isASuccess() throws Exception {
        assertPaidOnceThoughTheServerDies(true);
    }

    private void assertPaidOnceThoughTheServerDies(boolean isCommitted) throws Exception {
        IdempotentCall call = call();
        AtomicBoolean isAlive = new AtomicBoolean(true);
        DataSource wire = InterceptedDataSource.tapped(current, (step, raw, go) -> {
            if (!step.equals("commit") || !isAlive.getAndSet(false)) {
                return go.go();
            }
            if (isCommitted) {
                go.go();
            }
            failOver();
            throw InterceptedDataSource.lost();
        });
        String receipt = executed(idempotency(wire).execute(call, pay(call)));
        assertThat(replayed(idempotency().execute(call, pay(call)))).isEqualTo(receipt);
        assertPaidOnce(call);
    }
}
