package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Databases whose tables are missing, or not all there. Each test has a schema of its own. */
class SchemaTest {

    @OnEachDatabase
    void in_noTable_namesTheFileToRun(TestDatabase database) throws SQLException {
        assertThatThrownBy(() -> JdbcIdempotencyStore.of(emptySchema(database)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the database lacks sequence respite_fence, table respite_idempotency,"
                        + " table respite_idempotency_purge: run db/respite/"
                        + database.folder() + "/V1__respite_idempotency.sql, which is in the jar of"
                        + " respite-idempotency-jdbc, in the schema that its connections see first");
    }

    @OnEachDatabase
    void in_allThere_isAccepted(TestDatabase database) throws SQLException {
        DataSource schema = emptySchema(database);
        database.makeTables(schema);
        assertThat(JdbcIdempotencyStore.of(schema).purge(1)).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            DROP SEQUENCE respite_fence                                     | sequence respite_fence
            DROP INDEX respite_idempotency_expiry                           | index respite_idempotency_expiry
            DROP INDEX respite_idempotency_scope                            | index respite_idempotency_scope
            DROP INDEX respite_idempotency_state                            | index respite_idempotency_state
            ALTER TABLE respite_idempotency DROP COLUMN key_time            | column respite_idempotency.key_time
            DROP TABLE respite_idempotency_purge                            | table respite_idempotency_purge
            ALTER TABLE respite_idempotency RENAME COLUMN fence TO fences   | column respite_idempotency.fence
            """)
    void in_onePartMissing_isNamed(String sabotage, String missing) throws SQLException {
        for (TestDatabase database : TestDatabase.each()) {
            DataSource schema = emptySchema(database);
            database.makeTables(schema);
            boolean index = database.isMariaDb() && sabotage.startsWith("DROP INDEX");
            TestDatabase.run(schema, index ? sabotage + " ON respite_idempotency" : sabotage);
            assertThatThrownBy(() -> JdbcIdempotencyStore.of(schema))
                    .as(database.toString())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the database lacks " + missing + ": its tables are incomplete")
                    .hasMessageContaining(database.folder() + "/V1__respite_idempotency.sql");
        }
    }

    /** A database that was away when the program started is looked over before it is used. */
    @OnEachDatabase
    void firstUse_noTable_namesTheFileToRunAndChecksAgain(TestDatabase database) throws SQLException {
        AtomicBoolean away = new AtomicBoolean(true);
        DataSource schema = emptySchema(database);
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(InterceptedDataSource.tapped(schema, (step, raw, go) -> {
            if (away.get()) {
                throw InterceptedDataSource.lost();
            }
            return go.go();
        }));
        away.set(false);
        assertThatThrownBy(() -> store.purge(1))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("/V1__respite_idempotency.sql");
        database.makeTables(schema);
        assertThat(store.purge(1)).isZero();
    }

    /** The tables are in the second schema of the search path, whose name needs quotes. */
    @OnEachDatabase
    void in_tablesElsewhereInTheSearchPath_areUsed(TestDatabase database) throws SQLException {
        assumeThat(database.isMariaDb()).as("MariaDB has no search path").isFalse();
        String name = "\"it's " + UUID.randomUUID() + '"';
        DataSource dataSource = database.dataSource();
        TestDatabase.run(dataSource, "CREATE SCHEMA " + name);
        database.makeTables(after(dataSource, (database.isPostgres() ? "SET search_path = " : "SET SCHEMA ") + name));
        TestDatabase.run(dataSource, "CREATE SCHEMA IF NOT EXISTS empty_one");
        JdbcIdempotencyStore store = JdbcIdempotencyStore.of(after(
                dataSource,
                database.isPostgres()
                        ? "SET search_path = empty_one, " + name
                        : "SET SCHEMA empty_one; SET SCHEMA_SEARCH_PATH empty_one, " + name));
        IdempotentCall call = LedgerFixture.call();
        TransactionalIdempotency.of(IdempotencyEngine.of(store)).execute(call, connection -> StoredResponse.of("paid"));
        assertThat(LedgerFixture.in(database).number("SELECT COUNT(*) FROM " + name + ".respite_idempotency"))
                .isEqualTo(1);
    }

    private static DataSource after(DataSource dataSource, String statements) {
        return InterceptedDataSource.tapped(dataSource, (step, raw, go) -> {
            Object response = go.go();
            if (response instanceof Connection connection) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(statements);
                }
            }
            return response;
        });
    }

    private static DataSource emptySchema(TestDatabase database) throws SQLException {
        String name = "s" + UUID.randomUUID().toString().substring(0, 8);
        TestDatabase.run(database.dataSource(), (database.isMariaDb() ? "CREATE DATABASE " : "CREATE SCHEMA ") + name);
        return InterceptedDataSource.tapped(database.dataSource(), (step, raw, go) -> {
            Object response = go.go();
            if (response instanceof Connection connection) {
                use(connection, database, name);
            }
            return response;
        });
    }

    private static void use(Connection connection, TestDatabase database, String name) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    switch (database) {
                        case POSTGRESQL -> "SET search_path = " + name;
                        case MARIADB, MARIADB_OTHERWISE -> "USE " + name;
                        default -> "SET SCHEMA " + name;
                    });
        }
    }
}
