package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.payOn;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that changes the schema or the role of its connection, as applications with a schema for each tenant do. */
@OnRealDatabases
record SearchPathTest(TestDatabase database) {

    private LedgerFixture ledger() {
        return LedgerFixture.in(database);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String newName() {
        return "t" + UUID.randomUUID().toString().substring(0, 8);
    }

    private Work<Connection, SQLException> payAfterwards(IdempotentCall call, String... statements) {
        return connection -> {
            payOn(connection, call);
            for (String statement : statements) {
                execute(connection, statement);
            }
            return StoredResponse.of("paid");
        };
    }

    private void assertPaidOnce(IdempotentCall call, Work<Connection, SQLException> work) throws SQLException {
        TransactionalIdempotency idempotency = ledger().idempotency();
        assertThatCode(() -> executed(idempotency.execute(call, work))).doesNotThrowAnyException();
        replayed(idempotency.execute(call, work));
        assertThat(ledger().payments(call)).isEqualTo(1);
        assertThat(ledger().stateOf(call)).isEqualTo(State.DONE);
    }

    @Test
    void work_thatChangesTheCurrentSchema_isRecorded() throws SQLException {
        String tenant = newName();
        TestDatabase.run(
                database.dataSource(), (database.isMariaDb() ? "CREATE DATABASE " : "CREATE SCHEMA ") + tenant);
        String change = switch (database) {
            case POSTGRESQL -> "SET LOCAL search_path = " + tenant;
            case MARIADB, MARIADB_OTHERWISE -> "USE " + tenant;
            default -> "SET SCHEMA " + tenant;
        };
        IdempotentCall call = call();
        assertPaidOnce(call, payAfterwards(call, change));
    }

    /** The tables of the tenant have the same names. */
    @Test
    void work_inASchemaWithRecordsOfItsOwn_isRecordedWhereItWasClaimed() throws SQLException {
        assumeThat(database.isPostgres()).isTrue();
        String tenant = newName();
        TestDatabase.run(database.dataSource(), "CREATE SCHEMA " + tenant);
        for (String table : new String[] {"respite_idempotency", "respite_idempotency_purge"}) {
            TestDatabase.run(
                    database.dataSource(),
                    "CREATE TABLE " + tenant + "." + table + " (LIKE public." + table + " INCLUDING ALL)");
        }
        IdempotentCall call = call();
        assertPaidOnce(call, payAfterwards(call, "SET LOCAL search_path = " + tenant));
        assertThat(ledger().number("SELECT COUNT(*) FROM " + tenant + ".respite_idempotency"))
                .isZero();
    }

    /** The role of the tenant has no rights on the records. */
    @ParameterizedTest
    @ValueSource(strings = {"SET LOCAL ROLE ", "SET ROLE "})
    void work_thatChangesTheRole_isRecordedAndKeepsItsRole(String change) throws SQLException {
        assumeThat(database.isPostgres()).isTrue();
        String tenant = newName();
        TestDatabase.run(database.dataSource(), "CREATE ROLE " + tenant);
        String check =
                "CREATE FUNCTION " + tenant + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF current_user <> '"
                        + tenant + "' THEN RAISE EXCEPTION 'the role is %', current_user; END IF; RETURN NULL; END $$";
        TestDatabase.run(database.dataSource(), "CREATE TABLE of_" + tenant + " (id integer)");
        TestDatabase.run(database.dataSource(), "GRANT INSERT ON of_" + tenant + " TO " + tenant);
        TestDatabase.run(database.dataSource(), check);
        TestDatabase.run(
                database.dataSource(),
                "CREATE CONSTRAINT TRIGGER check_role AFTER INSERT ON of_" + tenant
                        + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION " + tenant + "()");
        IdempotentCall call = call();
        assertPaidOnce(
                call,
                payAfterwards(
                        call,
                        "SET LOCAL search_path = pg_catalog",
                        change + tenant,
                        "INSERT INTO public.of_" + tenant + " VALUES (1)"));
    }

    /** A role that a pool has set is restored, and not the one that has logged in. */
    @Test
    void work_ofAConnectionWithARole_isRecordedByThatRole() throws SQLException {
        assumeThat(database.isPostgres()).isTrue();
        String application = newName();
        String tenant = newName();
        TestDatabase.run(database.dataSource(), "CREATE ROLE " + application);
        TestDatabase.run(database.dataSource(), "CREATE ROLE " + tenant);
        TestDatabase.run(
                database.dataSource(),
                "GRANT SELECT, INSERT, UPDATE, DELETE ON respite_idempotency, respite_idempotency_purge, ledger TO "
                        + application);
        TestDatabase.run(database.dataSource(), "GRANT USAGE ON SEQUENCE respite_fence TO " + application);
        DataSource pool = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            Object response = go.go();
            if (response instanceof Connection connection) {
                execute(connection, "SET ROLE " + application);
            }
            return response;
        });
        IdempotentCall call = call();
        executed(ledger().over(pool).idempotency().execute(call, payAfterwards(call, "SET LOCAL ROLE " + tenant)));
        assertThat(ledger().stateOf(call)).isEqualTo(State.DONE);
        assertThat(ledger().payments(call)).isEqualTo(1);
    }

    /** The session of the work has another user, which the record's completion cannot change back. */
    @Test
    void work_thatLosesTheRightToItsRecord_isRolledBackPermanently() throws SQLException {
        assumeThat(database.isPostgres()).isTrue();
        String tenant = newName();
        TestDatabase.run(database.dataSource(), "CREATE ROLE " + tenant);
        IdempotentCall call = call();
        assertThatThrownBy(() -> ledger().idempotency()
                        .execute(call, payAfterwards(call, "SET LOCAL SESSION AUTHORIZATION " + tenant)))
                .isInstanceOf(RolledBackException.class)
                .hasMessageContaining("permission denied");
        assertThat(ledger().payments(call)).isZero();
        assertThat(ledger().stateOf(call)).isEqualTo(State.READY);
    }
}
