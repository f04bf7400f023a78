package dev.respite.stacks.kafka;

import dev.respite.testsupport.DatabaseServers;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/** PostgreSQL with the tables of the example, a ledger that forbids no duplicate, and another system that honours keys. */
final class TestDatabase implements AutoCloseable {

    private final EmbeddedPostgres server;

    private TestDatabase(EmbeddedPostgres server) {
        this.server = server;
    }

    static TestDatabase start() throws IOException, SQLException {
        DatabaseServers.require();
        TestDatabase database = new TestDatabase(EmbeddedPostgres.builder()
                // The packaged example names its libraries, so they are on the class path twice.
                .setPgBinaryResolver((system, machine) -> TestDatabase.class.getResourceAsStream(
                        "/postgres-" + system.toLowerCase(Locale.ROOT) + "-" + machine + ".txz"))
                .setServerConfig("max_connections", "200")
                .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                .start());
        database.run(script("/db/respite_durable/postgresql/V1_1__respite_durable.sql"));
        database.run(script("/kafka_position.sql"));
        database.run("CREATE TABLE ledger (entry bigint GENERATED ALWAYS AS IDENTITY, consumer_group text,"
                + " record_key text, number integer, process text)");
        database.run("CREATE TABLE other_system (key text PRIMARY KEY, requests integer)");
        database.run("CREATE TABLE repaired (consumer_group text)");
        database.run("CREATE EXTENSION pg_stat_statements");
        return database;
    }

    DataSource dataSource() {
        return server.getPostgresDatabase();
    }

    String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    void run(String sql) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The rows of a query, with spaces between their columns. */
    List<String> rows(String sql) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    values.add(row.getString(i));
                }
                rows.add(String.join(" ", values));
            }
            return rows;
        }
    }

    long count(String sql) throws SQLException {
        return Long.parseLong(rows("SELECT COUNT(*) FROM " + sql).get(0));
    }

    private static String script(String path) throws IOException {
        try (InputStream in = TestDatabase.class.getResourceAsStream(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
