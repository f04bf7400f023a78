package dev.respite.benchmarks.durable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;

/** PostgreSQL with commits that are on the disk when they have returned, its tables, and what all contenders have in common. */
final class Rig implements AutoCloseable {

    static final Duration POLL = Duration.ofMillis(100);
    static final Duration HEARTBEAT = Duration.ofSeconds(30);

    /** Beside the threads: polling and heartbeats. */
    private static final int MORE_CONNECTIONS = 3;

    private final EmbeddedPostgres postgres;
    private final HikariDataSource pool;

    private Rig(EmbeddedPostgres postgres, HikariDataSource pool) {
        this.postgres = postgres;
        this.pool = pool;
    }

    static Rig start(int threads) throws IOException, SQLException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setPGStartupWait(Duration.ofMinutes(2))
                .start();
        HikariConfig config = new HikariConfig();
        config.setDataSource(postgres.getPostgresDatabase());
        config.setMaximumPoolSize(threads + MORE_CONNECTIONS);
        Rig rig = new Rig(postgres, new HikariDataSource(config));
        String ours = script("/db/respite_durable/postgresql/V1_1__respite_durable.sql");
        rig.execute(ours);
        rig.execute(
                ours.substring(0, ours.indexOf("-- Calls that were given up")).replace("respite_task", "bare_task"));
        rig.execute(script("/db/respite/postgresql/V1__respite_idempotency.sql"));
        rig.execute("CREATE TABLE ledger (id varchar(100) NOT NULL)");
        return rig;
    }

    HikariDataSource pool() {
        return pool;
    }

    void clear(String table) throws SQLException {
        execute("TRUNCATE " + table);
        execute("TRUNCATE ledger");
        execute("TRUNCATE respite_idempotency");
        execute("ANALYZE " + table);
    }

    int count(String table) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            row.next();
            return row.getInt(1);
        }
    }

    static void effect(Connection connection, String id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO ledger (id) VALUES (?)")) {
            insert.setString(1, id);
            insert.executeUpdate();
        }
    }

    /** Without a stack, which would be measured. */
    static RuntimeException failure() {
        return new Refused();
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused() {
            super("refused", new ConnectException("refused"), false, false);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String script(String name) {
        try (InputStream in = Objects.requireNonNull(Rig.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() throws IOException {
        pool.close();
        postgres.close();
    }
}
