package dev.respite.durable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.jdbc.TestMariaDb;
import dev.respite.testsupport.DatabaseServers;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** The databases, each started once, with the tables of the jars and a ledger that forbids no duplicate. */
enum TestStore {
    POSTGRESQL("postgresql") {
        @Override
        DataSource start() throws IOException {
            DatabaseServers.require();
            return EmbeddedPostgres.builder()
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "200")
                    .setPGStartupWait(Duration.ofMinutes(2))
                    .start()
                    .getPostgresDatabase();
        }
    },

    H2("h2") {
        @Override
        DataSource start() {
            JdbcDataSource dataSource = new JdbcDataSource();
            dataSource.setURL("jdbc:h2:mem:durable;DB_CLOSE_DELAY=-1");
            return dataSource;
        }
    },

    /** With the profile only. */
    MARIADB("mariadb") {
        @Override
        DataSource start() throws IOException {
            return TestMariaDb.start().dataSource("");
        }
    };

    private static final Map<TestStore, HikariDataSource> STARTED = new ConcurrentHashMap<>();

    private final String folder;

    TestStore(String folder) {
        this.folder = folder;
    }

    abstract DataSource start() throws IOException;

    static List<TestStore> each() {
        if (!DatabaseServers.arePermitted()) {
            return List.of(H2);
        }
        List<TestStore> all = new ArrayList<>(List.of(POSTGRESQL, H2));
        if (System.getProperty(TestMariaDb.BINARIES) != null) {
            all.add(MARIADB);
        }
        return all;
    }

    /** An empty store. */
    DataSource emptied() {
        DataSource dataSource = dataSource();
        for (String table : List.of(
                "respite_task", "respite_task_effect", "respite_dead_letter", "respite_idempotency", "ledger")) {
            run(dataSource, "DELETE FROM " + table);
        }
        return dataSource;
    }

    private DataSource dataSource() {
        return STARTED.computeIfAbsent(this, store -> {
            try {
                HikariConfig config = new HikariConfig();
                config.setDataSource(store.start());
                config.setMaximumPoolSize(40);
                if (store == MARIADB) {
                    // The default from 11.6.2 on: a row that has changed since the transaction began is an error.
                    config.setConnectionInitSql("SET innodb_snapshot_isolation = ON");
                }
                HikariDataSource pool = new HikariDataSource(config);
                store.createTables(pool);
                return pool;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    void createTables(DataSource dataSource) throws IOException {
        runScript(dataSource, "/db/respite_durable/" + folder + "/V1_1__respite_durable.sql");
        runScript(dataSource, "/db/respite/" + folder + "/V1__respite_idempotency.sql");
        run(dataSource, "CREATE TABLE ledger (entry varchar(200) NOT NULL)");
    }

    private void runScript(DataSource dataSource, String path) throws IOException {
        try (InputStream in = TestStore.class.getResourceAsStream(path)) {
            String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String statement : script.split(";\\s*\n", 0)) {
                run(dataSource, statement);
            }
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

    /** The first column of a query. */
    static List<String> strings(DataSource dataSource, String sql) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> strings = new ArrayList<>();
            while (row.next()) {
                strings.add(row.getString(1));
            }
            return strings;
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }

    static List<String> ledger(DataSource dataSource) {
        return strings(dataSource, "SELECT entry FROM ledger ORDER BY entry");
    }

    static void book(Connection connection, String entry) throws SQLException {
        try (java.sql.PreparedStatement insert = connection.prepareStatement("INSERT INTO ledger VALUES (?)")) {
            insert.setString(1, entry);
            insert.executeUpdate();
        }
    }

    static long tasks(DataSource dataSource) {
        return Long.parseLong(
                strings(dataSource, "SELECT COUNT(*) FROM respite_task").get(0));
    }
}
