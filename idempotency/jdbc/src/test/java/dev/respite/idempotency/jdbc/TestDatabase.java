package dev.respite.idempotency.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.testsupport.DatabaseServers;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The real databases, each started once, with the tables of the jar and a bank's ledger that forbids no duplicate. */
enum TestDatabase {
    POSTGRESQL("postgresql") {
        @Override
        DataSource start() throws IOException {
            String elsewhere = System.getProperty(POSTGRESQL_URL, "");
            if (!elsewhere.isEmpty()) {
                return new DriverManagerDataSource(elsewhere);
            }
            DatabaseServers.require();
            return EmbeddedPostgres.builder()
                    // Its own defaults are for speed, and lose acknowledged commits.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("max_prepared_transactions", "10")
                    .setPGStartupWait(Duration.ofMinutes(2))
                    .start()
                    .getPostgresDatabase();
        }
    },

    H2_MEMORY("h2") {
        @Override
        DataSource start() {
            return h2("jdbc:h2:mem:bank;DB_CLOSE_DELAY=-1");
        }
    },

    H2_LIKE_POSTGRESQL("h2") {
        @Override
        DataSource start() {
            return h2("jdbc:h2:mem:like;DB_CLOSE_DELAY=-1;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE");
        }
    },

    H2_FILE("h2") {
        @Override
        DataSource start() {
            Path file =
                    Path.of("target", "h2", "bank-" + ProcessHandle.current().pid());
            return h2("jdbc:h2:file:" + file.toAbsolutePath() + ";WRITE_DELAY=0;DB_CLOSE_DELAY=-1");
        }
    },

    /** With the profile only. */
    MARIADB("mariadb") {
        @Override
        DataSource start() throws IOException {
            return TestMariaDb.start().dataSource("");
        }
    },

    /** All that is most likely to make a difference, the other way. */
    MARIADB_OTHERWISE("mariadb") {
        @Override
        DataSource start() throws IOException {
            return TestMariaDb.start("--log-bin", "--sync-binlog=1", "--transaction-isolation=READ-COMMITTED")
                    .dataSource("&useServerPrepStmts=true&allowMultiQueries=true");
        }
    };

    /** Where an empty database of another PostgreSQL is, or a proxy before it; the tests start their own without it. */
    private static final String POSTGRESQL_URL = "respite.postgresql.url";

    private static final Map<TestDatabase, DataSource> STARTED = new ConcurrentHashMap<>();

    private final String folder;

    TestDatabase(String folder) {
        this.folder = folder;
    }

    abstract DataSource start() throws IOException;

    static List<TestDatabase> real() {
        return withMariaDbIfThere(POSTGRESQL, H2_FILE);
    }

    static List<TestDatabase> each() {
        return withMariaDbIfThere(POSTGRESQL, H2_MEMORY);
    }

    static List<TestDatabase> eachAndH2LikePostgresql() {
        return withMariaDbIfThere(POSTGRESQL, H2_MEMORY, H2_LIKE_POSTGRESQL);
    }

    private static List<TestDatabase> withMariaDbIfThere(TestDatabase... databases) {
        List<TestDatabase> all = new ArrayList<>(List.of(databases));
        if (!DatabaseServers.arePermitted()) {
            all.remove(POSTGRESQL);
        }
        if (System.getProperty(TestMariaDb.BINARIES) != null) {
            all.add(MARIADB);
            all.add(MARIADB_OTHERWISE);
        }
        return all;
    }

    static DataSource h2(String url) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL(url);
        return dataSource;
    }

    /** Each connection a new one. */
    DataSource dataSource() {
        return STARTED.computeIfAbsent(this, database -> {
            try {
                DataSource started = database.start();
                database.makeTables(started);
                return started;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    void makeTables(DataSource dataSource) {
        runScript(dataSource, "V1__respite_idempotency.sql");
        run(dataSource, "CREATE TABLE ledger (id varchar(80) NOT NULL, amount integer NOT NULL)");
        run(dataSource, "CREATE TABLE account (id varchar(80) NOT NULL PRIMARY KEY, balance integer NOT NULL)");
    }

    /** As if nothing had ever been purged. */
    void forgetPurges() {
        run(dataSource(), "UPDATE respite_idempotency_purge SET key_time = NULL");
    }

    HikariDataSource pool(int size) {
        return pool(size, 60_000);
    }

    /** A pool that is open keeps the timeout that it was opened with. */
    HikariDataSource pool(int size, long timeoutMillis) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource());
        config.setMaximumPoolSize(size);
        config.setConnectionTimeout(timeoutMillis);
        return new HikariDataSource(config);
    }

    String folder() {
        return folder;
    }

    boolean isPostgres() {
        return this == POSTGRESQL;
    }

    boolean isMariaDb() {
        return folder.equals("mariadb");
    }

    /** Updates the statistics of the records. */
    void analyze() {
        run(
                dataSource(),
                isMariaDb()
                        ? "ANALYZE TABLE respite_idempotency"
                        : "ANALYZE" + (isPostgres() ? " respite_idempotency" : ""));
    }

    /** MariaDB's driver takes one statement at a time. */
    void runScript(DataSource dataSource, String name) {
        for (String statement : script(name).split(";\\s*\n", 0)) {
            run(dataSource, statement);
        }
    }

    /** Returns an expression for a time in the past. */
    String earlier(String time, Duration by) {
        return switch (this) {
            case POSTGRESQL -> time + " - INTERVAL '1 millisecond' * " + by.toMillis();
            case MARIADB, MARIADB_OTHERWISE -> time + " - INTERVAL " + by.toNanos() / 1_000 + " MICROSECOND";
            default -> "DATEADD(MILLISECOND, -(" + by.toMillis() + "), " + time + ")";
        };
    }

    private String script(String name) {
        String path = "/db/respite/" + folder + "/" + name;
        try (InputStream in = TestDatabase.class.getResourceAsStream(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static void run(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }
}
