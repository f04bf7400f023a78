package dev.respite.idempotency.jdbc;

import static dev.respite.idempotency.jdbc.Bank.call;
import static dev.respite.idempotency.jdbc.Bank.executed;
import static dev.respite.idempotency.jdbc.Bank.pay;
import static dev.respite.idempotency.jdbc.Bank.replayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.Answer;
import dev.respite.idempotency.Claims;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.StoreUnavailableException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is checked before anything is run. */
class SetUpTest {

    @Test
    void dialect_unknownDatabase_isRefusedByName() {
        assertThatThrownBy(() -> Dialect.of("Oracle"))
                .isInstanceOf(UnfitDatabaseException.class)
                .hasMessage("the database is 'Oracle', and records can be kept in PostgreSQL, H2 and MariaDB only:"
                        + " give a DataSource of one of these");
    }

    @Test
    void dialect_mySql_isRefusedWithAWordOnDrivers() {
        assertThatThrownBy(() -> Dialect.of("MySQL"))
                .isInstanceOf(UnfitDatabaseException.class)
                .hasMessageContaining("the database is 'MySQL'")
                .hasMessageContaining("If it is MariaDB, connect with MariaDB's own driver");
    }

    /** Whoever starts before its database is up must not be restarted by hand. */
    @OnEachDatabase
    void in_databaseAway_isAskedAtTheFirstUse(Database database) throws SQLException {
        AtomicBoolean away = new AtomicBoolean(true);
        DataSource wire = Wire.tapped(database.dataSource(), (step, raw, go) -> {
            if (away.get()) {
                throw Wire.lost();
            }
            return go.go();
        });
        TransactionalIdempotency idempotency =
                Bank.in(database).over(wire).onVirtualTime().idempotency();
        IdempotentCall call = call();
        assertThatThrownBy(() -> idempotency.execute(call, pay(call)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("the connection was cut");
        away.set(false);
        executed(idempotency.execute(call, pay(call)));
        assertThat(Bank.in(database).payments(call)).isEqualTo(1);
    }

    @Test
    void in_databaseAway_isAWarning() {
        Logger logger = Logger.getLogger("dev.respite.idempotency");
        List<String> warnings = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                warnings.add(entry.getMessage());
            }

            @Override
            public void flush() {
                // Nothing is kept back.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        logger.addHandler(handler);
        try {
            JdbcIdempotencyStore.in(Wire.tapped(Database.H2_MEMORY.dataSource(), (step, raw, go) -> {
                throw Wire.lost();
            }));
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("its tables were not checked", "the connection was cut");
    }

    @OnEachDatabase
    void in_connectionsWithoutAutoCommit_areRefused(Database database) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setAutoCommit(false);
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            assertThatThrownBy(() -> JdbcIdempotencyStore.in(pool))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("auto-commit is off");
        }
    }

    /** It was taken for somebody else's record once. */
    @Test
    void constraintOfSomebodyElse_isToldAsWhatItIs() throws SQLException {
        DataSource strict = Database.h2("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        try (Connection connection = strict.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("RUNSCRIPT FROM 'classpath:/db/respite/h2/V1__respite_idempotency.sql'");
            sql.execute("ALTER TABLE respite_idempotency ADD CONSTRAINT of_another CHECK (claims > 100)");
        }
        IdempotentCall call = call();
        assertThatThrownBy(() -> TransactionalIdempotency.in(strict).execute(call, pay(call)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("OF_ANOTHER");
    }

    @Test
    void requireDurable_postgresAsItShouldBe_isAccepted() {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.in(Database.POSTGRESQL.dataSource());
        assertThat(store.requireDurable()).isSameAs(store);
    }

    @Test
    void requireDurable_postgresThatDoesNotWaitForItsLog_isRefused() {
        DataSource careless = Wire.tapped(Database.POSTGRESQL.dataSource(), (step, raw, go) -> {
            Object answer = go.go();
            if (answer instanceof Connection connection) {
                connection.createStatement().execute("SET synchronous_commit = off");
            }
            return answer;
        });
        assertThatThrownBy(() -> JdbcIdempotencyStore.in(careless).requireDurable())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("synchronous_commit is off");
    }

    /** It is durable where it was committed; whether a standby has it is another question. */
    @ParameterizedTest
    @ValueSource(strings = {"local", "remote_write", "on", "remote_apply"})
    void requireDurable_postgresThatWaitsForItsOwnLog_isAccepted(String setting) {
        DataSource local = Wire.tapped(Database.POSTGRESQL.dataSource(), (step, raw, go) -> {
            Object answer = go.go();
            if (answer instanceof Connection connection) {
                connection.createStatement().execute("SET synchronous_commit = " + setting);
            }
            return answer;
        });
        JdbcIdempotencyStore store = JdbcIdempotencyStore.in(local);
        assertThat(store.requireDurable()).isSameAs(store);
    }

    @Test
    void requireDurable_h2_isRefused(@TempDir Path folder) {
        JdbcIdempotencyStore inMemory = JdbcIdempotencyStore.in(Database.H2_MEMORY.dataSource());
        assertThatThrownBy(inMemory::requireDurable)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the database is in memory");
        DataSource file = Database.h2("jdbc:h2:file:" + folder.resolve("bank").toAbsolutePath() + ";WRITE_DELAY=0");
        Database.H2_FILE.makeTables(file);
        JdbcIdempotencyStore inAFile = JdbcIdempotencyStore.in(file);
        assertThatThrownBy(inAFile::requireDurable)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("one connection at a time");
    }

    @ParameterizedTest
    @MethodSource("dev.respite.idempotency.jdbc.Database#eachAndH2LikePostgresql")
    void fault49_tooManyRecordsOfAScope_areRefusedAndOthersAreNot(Database database) throws SQLException {
        JdbcIdempotencyStore store =
                JdbcIdempotencyStore.in(database.dataSource()).withMostPerScope(3);
        TransactionalIdempotency idempotency = TransactionalIdempotency.of(Claims.in(store));
        String mallory = "mallory " + UUID.randomUUID();
        IdempotentCall first = Bank.callOf(mallory);
        executed(idempotency.execute(first, pay(first)));
        for (int i = 0; i < 2; i++) {
            IdempotentCall call = Bank.callOf(mallory);
            executed(idempotency.execute(call, pay(call)));
        }
        IdempotentCall fourth = Bank.callOf(mallory);
        assertThat(idempotency.execute(fourth, pay(fourth))).isInstanceOf(Answer.OverQuota.class);
        assertThat(Bank.in(database).payments(fourth)).isZero();
        replayed(idempotency.execute(first, pay(first)));
        IdempotentCall other = Bank.callOf("carol " + UUID.randomUUID());
        executed(idempotency.execute(other, pay(other)));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void withMostPerScope_lessThanOne_isRefused(long most) {
        JdbcIdempotencyStore store = JdbcIdempotencyStore.in(Database.H2_MEMORY.dataSource());
        assertThatThrownBy(() -> store.withMostPerScope(most)).isInstanceOf(IllegalArgumentException.class);
    }
}
