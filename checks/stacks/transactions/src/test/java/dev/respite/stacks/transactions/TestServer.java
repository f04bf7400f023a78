package dev.respite.stacks.transactions;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.jdbc.TestMariaDb;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The real databases, each started once. */
enum TestServer {
    POSTGRESQL("SET LOCAL lock_timeout = '100ms'", "SELECT pg_backend_pid()", "SELECT pg_terminate_backend(%d)") {
        @Override
        void useTenant(HikariConfig pool) {
            pool.setSchema(TENANT);
        }

        @Override
        DataSource start() throws IOException {
            return EmbeddedPostgres.builder()
                    .setServerConfig("deadlock_timeout", "100ms")
                    .setPGStartupWait(Duration.ofMinutes(2))
                    .start()
                    .getPostgresDatabase();
        }
    },

    /** With the profile only. */
    MARIADB("SET SESSION innodb_lock_wait_timeout = 1", "SELECT CONNECTION_ID()", "KILL CONNECTION %d") {
        @Override
        void useTenant(HikariConfig pool) {
            pool.setCatalog(TENANT);
        }

        @Override
        DataSource start() throws IOException {
            return TestMariaDb.start().dataSource("");
        }
    },

    /** In memory, for settings of a pool only. */
    H2("SET LOCK_TIMEOUT 100", "SELECT SESSION_ID()", "CALL ABORT_SESSION(%d)") {
        @Override
        void useTenant(HikariConfig pool) {
            pool.setSchema(TENANT.toUpperCase(Locale.ROOT));
        }

        @Override
        DataSource start() {
            JdbcDataSource dataSource = new JdbcDataSource();
            dataSource.setURL("jdbc:h2:mem:transactions;DB_CLOSE_DELAY=-1");
            return dataSource;
        }
    };

    /** A schema with a table {@code attempt} of its own. */
    static final String TENANT = "tenant";

    private static final Map<TestServer, DataSource> STARTED = new ConcurrentHashMap<>();

    final String shortLockTimeout;
    final String connectionId;
    private final String kill;

    TestServer(String shortLockTimeout, String connectionId, String kill) {
        this.shortLockTimeout = shortLockTimeout;
        this.connectionId = connectionId;
        this.kill = kill;
    }

    abstract DataSource start() throws IOException;

    /** Lets the connections of a pool see the other schema. */
    abstract void useTenant(HikariConfig pool);

    static List<TestServer> available() {
        List<TestServer> servers = new ArrayList<>(List.of(POSTGRESQL));
        if (System.getProperty(TestMariaDb.BINARIES) != null) {
            servers.add(MARIADB);
        }
        return servers;
    }

    static List<TestServer> availableAndH2() {
        List<TestServer> servers = new ArrayList<>(available());
        servers.add(H2);
        return servers;
    }

    /** A connection of its own for each statement. */
    JdbcTemplate outside() {
        return new JdbcTemplate(STARTED.computeIfAbsent(this, server -> {
            try {
                DataSource started = server.start();
                JdbcTemplate jdbc = new JdbcTemplate(started);
                jdbc.execute("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
                jdbc.execute("CREATE TABLE attempt (name varchar(20) NOT NULL)");
                jdbc.execute("CREATE SCHEMA " + TENANT);
                jdbc.execute("CREATE TABLE " + TENANT + ".attempt (name varchar(20) NOT NULL)");
                return started;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }));
    }

    HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setDataSource(outside().getDataSource());
        config.setMaximumPoolSize(3);
        return new HikariDataSource(config);
    }

    void kill(long connection) {
        outside().execute(String.format(kill, connection));
    }
}
