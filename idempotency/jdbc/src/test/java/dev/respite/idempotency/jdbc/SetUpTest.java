package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.LedgerFixture.call;
import static dev.respite.idempotency.jdbc.LedgerFixture.executed;
import static dev.respite.idempotency.jdbc.LedgerFixture.pay;
import static dev.respite.idempotency.jdbc.LedgerFixture.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.testsupport.LogLines;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checks before the first statement. */
class SetUpTest {

    @Test
    void dialect_unknownDatabase_isRejectedByName() {
        assertThatThrownBy(() -> DetectedDialect.dialect("Oracle"))
                .isInstanceOf(UnfitDatabaseException.class)
                .hasMessage("the database is 'Oracle': use a DataSource of PostgreSQL, H2 or MariaDB");
    }

    @Test
    void dialect_mySql_isRejectedWithAHintOnDrivers() {
        assertThatThrownBy(() -> DetectedDialect.dialect("MySQL"))
                .isInstanceOf(UnfitDatabaseException.class)
                .hasMessageContaining("the database is 'MySQL'")
                .hasMessageContaining("If it is MariaDB, connect with MariaDB's own driver");
    }

    /** An application that starts before its database need not be restarted. */
    @OnEachDatabase
    void in_databaseAway_isCheckedAtTheFirstUse(TestDatabase database) throws SQLException {
        AtomicBoolean away = new AtomicBoolean(true);
        DataSource wire = InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            if (away.get()) {
                throw InterceptedDataSource.lost();
            }
            return go.go();
        });
        TransactionalIdempotency idempotency =
                LedgerFixture.in(database).over(wire).onVirtualTime().idempotency();
        IdempotentCall call = call();
        assertThatThrownBy(() -> idempotency.execute(call, pay(call)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("the connection was cut");
        away.set(false);
        executed(idempotency.execute(call, pay(call)));
        assertThat(LedgerFixture.in(database).payments(call)).isEqualTo(1);
    }

    @Test
    void in_databaseAway_isAWarningWithoutThePasswordOfTheUrl() {
        try (LogLines warnings = LogLines.of("dev.respite.idempotency")) {
            JdbcIdempotencyStore.of(
                    InterceptedDataSource.tapped(TestDatabase.H2_MEMORY.dataSource(), (step, raw, go) -> {
                        throw new SQLException(
                                "refused: jdbc:postgresql://bank:hunter2@db/bank?password=hunter3&ssl=on", "08001");
                    }));
            assertThat(warnings.all())
                    .singleElement()
                    .asString()
                    .contains("refused: jdbc:postgresql://***@db/bank?password=***&ssl=on")
                    .doesNotContain("hunter");
        }
    }

    @Test
    void in_databaseAway_isAWarning() {
        try (LogLines warnings = LogLines.of("dev.respite.idempotency")) {
            JdbcIdempotencyStore.of(
                    InterceptedDataSource.tapped(TestDatabase.H2_MEMORY.dataSource(), (step, raw, go) -> {
                        throw InterceptedDataSource.lost();
                    }));
            assertThat(warnings.all())
                    .singleElement()
                    .asString()
                    .contains("its tables were not checked", "the connection was cut");
        }
    }

    /** It was treated as the record of another claim once. */
    @Test
    void constraintOfAnotherTable_passesThrough() throws SQLException {
        DataSource strict = TestDatabase.h2("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        try (Connection connection = strict.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite/h2/V1__respite_idempotency.sql'");
            sql.execute("ALTER TABLE respite_idempotency ADD CONSTRAINT of_another CHECK (claims > 100)");
        }
        IdempotentCall call = call();
        assertThatThrownBy(() -> TransactionalIdempotency.of(strict).execute(call, pay(call)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("OF_ANOTHER");
    }

    @Test
    void requireDurable_postgresAsItShouldBe_isAccepted() {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(TestDatabase.POSTGRESQL.dataSource());
        assertThat(store.requireDurable()).isSameAs(store);
    }

    @Test
    void requireDurable_postgresThatDoesNotWaitForItsLog_isRejected() {
        DataSource careless = InterceptedDataSource.tapped(TestDatabase.POSTGRESQL.dataSource(), (step, raw, go) -> {
            Object result = go.go();
            if (result instanceof Connection connection) {
                connection.createStatement().execute("SET synchronous_commit = off");
            }
            return result;
        });
        assertThatThrownBy(() -> JdbcIdempotencyStore.of(careless).requireDurable())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("synchronous_commit is off");
    }

    /** It is durable on the primary; a standby may not have it. */
    @ParameterizedTest
    @ValueSource(strings = {"local", "remote_write", "on", "remote_apply"})
    void requireDurable_postgresThatWaitsForItsOwnLog_isAccepted(String setting) {
        DataSource local = InterceptedDataSource.tapped(TestDatabase.POSTGRESQL.dataSource(), (step, raw, go) -> {
            Object result = go.go();
            if (result instanceof Connection connection) {
                connection.createStatement().execute("SET synchronous_commit = " + setting);
            }
            return result;
        });
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(local);
        assertThat(store.requireDurable()).isSameAs(store);
    }

    @Test
    void requireDurable_h2_isRejected(@TempDir Path folder) {
        JdbcIdempotencyStore inMemory = JdbcIdempotencyStore.of(TestDatabase.H2_MEMORY.dataSource());
        assertThatThrownBy(inMemory::requireDurable)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the database is in memory");
        DataSource file =
                TestDatabase.h2("jdbc:h2:file:" + folder.resolve("bank").toAbsolutePath() + ";WRITE_DELAY=0");
        TestDatabase.H2_FILE.makeTables(file);
        JdbcIdempotencyStore inAFile = JdbcIdempotencyStore.of(file);
        assertThatThrownBy(inAFile::requireDurable)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one connection at a time");
    }

    @ParameterizedTest
    @MethodSource("dev.respite.idempotency.jdbc.TestDatabase#eachAndH2LikePostgresql")
    void fault49_tooManyRecordsOfAScope_areRejectedAndOthersAreNot(TestDatabase database) throws SQLException {
        JdbcIdempotencyStore store =
                JdbcIdempotencyStore.of(database.dataSource()).withMaxPerScope(3);
        TransactionalIdempotency idempotency = TransactionalIdempotency.of(IdempotencyEngine.of(store));
        String mallory = "mallory " + UUID.randomUUID();
        IdempotentCall first = LedgerFixture.callOf(mallory);
        executed(idempotency.execute(first, pay(first)));
        for (int i = 0; i < 2; i++) {
            IdempotentCall call = LedgerFixture.callOf(mallory);
            executed(idempotency.execute(call, pay(call)));
        }
        IdempotentCall fourth = LedgerFixture.callOf(mallory);
        assertThat(idempotency.execute(fourth, pay(fourth)))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.OVER_QUOTA));
        assertThat(LedgerFixture.in(database).payments(fourth)).isZero();
        replayed(idempotency.execute(first, pay(first)));
        IdempotentCall other = LedgerFixture.callOf("carol " + UUID.randomUUID());
        executed(idempotency.execute(other, pay(other)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void withMostPerScope_lessThanOne_isRejected(long most) {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(TestDatabase.H2_MEMORY.dataSource());
        assertThatThrownBy(() -> store.withMaxPerScope(most)).isInstanceOf(IllegalArgumentException.class);
    }
}
