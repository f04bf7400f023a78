package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;

/** Payments in a database that must be made once: the work of the tests, and the ledger of its executions. */
final class LedgerFixture {

    private final TestDatabase database;
    private final DataSource dataSource;
    private final IdempotencySettings settings;
    private final TimeSource time;

    private LedgerFixture(TestDatabase database, DataSource dataSource, IdempotencySettings settings, TimeSource time) {
        this.database = database;
        this.dataSource = dataSource;
        this.settings = settings;
        this.time = time;
    }

    static LedgerFixture in(TestDatabase database) {
        return new LedgerFixture(database, database.dataSource(), IdempotencySettings.defaults(), TimeSource.system());
    }

    LedgerFixture over(DataSource dataSource) {
        return new LedgerFixture(database, dataSource, settings, time);
    }

    LedgerFixture with(IdempotencySettings settings) {
        return new LedgerFixture(database, dataSource, settings, time);
    }

    /** Where Respite's waits take no time. */
    LedgerFixture onVirtualTime() {
        return new LedgerFixture(database, dataSource, settings, new VirtualTime());
    }

    JdbcIdempotencyStore store() {
        return JdbcIdempotencyStore.of(dataSource);
    }

    TransactionalIdempotency idempotency() {
        return TransactionalIdempotency.of(IdempotencyEngine.of(store(), time).withSettings(settings));
    }

    static IdempotentCall call() {
        return call(UUID.randomUUID().toString());
    }

    static IdempotentCall call(String key) {
        return call(key, "pay 100");
    }

    static IdempotentCall call(String key, String requested) {
        return call("alice", key, requested);
    }

    static IdempotentCall callOf(String principal) {
        return call(principal, UUID.randomUUID().toString(), "pay 100");
    }

    private static IdempotentCall call(String principal, String key, String requested) {
        Fingerprint fingerprint = Fingerprint.of("1", requested.getBytes(StandardCharsets.UTF_8));
        return IdempotentCall.of(Scope.of(principal), "POST /payments", IdempotencyKey.of(key), fingerprint);
    }

    /** Writes a line of the ledger, and returns a response that is different in each execution. */
    static Work<Connection, SQLException> pay(IdempotentCall call) {
        return connection -> {
            payOn(connection, call);
            return StoredResponse.of("paid, receipt " + UUID.randomUUID());
        };
    }

    static void payOn(Connection connection, IdempotentCall call) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO ledger (id, amount) VALUES (?, 100)")) {
            insert.setString(1, call.storageKey().value());
            insert.executeUpdate();
        }
    }

    /** How often it was paid. */
    int payments(IdempotentCall call) {
        return number(
                "SELECT COUNT(*) FROM ledger WHERE id = '" + call.storageKey().value() + "'");
    }

    int number(String query) {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement select = connection.prepareStatement(query);
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getInt(1);
        } catch (SQLException failure) {
            throw new AssertionError(query, failure);
        }
    }

    State stateOf(IdempotentCall call) {
        return record(call).state();
    }

    IdempotencyRecord record(IdempotentCall call) {
        return LedgerFixture.in(database).store().find(call.storageKey()).orElseThrow();
    }

    /** As if the store's clock had gone on (or back, if negative) since the record was written. */
    void letPass(IdempotentCall call, int seconds) {
        Duration by = Duration.ofSeconds(seconds);
        TestDatabase.run(
                database.dataSource(),
                "UPDATE respite_idempotency SET lease_until = " + database.earlier("lease_until", by)
                        + ", expires_at = " + database.earlier("expires_at", by) + " WHERE storage_key = '"
                        + call.storageKey().value() + "'");
    }

    static String executed(IdempotentResult result) {
        assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
        return ((IdempotentResult.Executed) result).response().text().orElseThrow();
    }

    static String replayed(IdempotentResult result) {
        assertThat(result).isInstanceOf(IdempotentResult.Replayed.class);
        return ((IdempotentResult.Replayed) result).response().text().orElseThrow();
    }

    /** Returns the response, executed or replayed. */
    static String reported(IdempotentResult result) {
        return result instanceof IdempotentResult.Executed ? executed(result) : replayed(result);
    }
}
