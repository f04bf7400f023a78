package dev.respite.benchmarks.stores;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;

/**
 * A database whose commits are on the disk when they have returned, as far as it can do that.
 *
 * @param dialect the folder of its SQL
 * @param dataSource creates a new connection each time
 * @param stop stops the database
 */
public record Database(String dialect, DataSource dataSource, AutoCloseable stop) {

    private static final String H2 = "WRITE_DELAY=0;DB_CLOSE_DELAY=-1";

    /**
     * Starts PostgreSQL.
     *
     * @return the database
     * @throws IOException if it cannot be started
     */
    public static Database postgresql() throws IOException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                // Its own defaults are for speed, and lose acknowledged commits.
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setPGStartupWait(Duration.ofMinutes(2))
                .start();
        return new Database("postgresql", postgres.getPostgresDatabase(), postgres);
    }

    static Database h2File() throws IOException {
        Path folder = Files.createTempDirectory("respite-bench-h2");
        return new Database("h2", h2("jdbc:h2:file:" + folder.resolve("bank") + ";" + H2), () -> {});
    }

    static Database h2Server() throws IOException, SQLException {
        Path folder = Files.createTempDirectory("respite-bench-h2");
        Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists", "-baseDir", folder.toString())
                .start();
        return new Database("h2", h2("jdbc:h2:tcp://localhost:" + server.getPort() + "/./bank;" + H2), server::stop);
    }

    private static DataSource h2(String url) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL(url);
        return dataSource;
    }

    /**
     * Creates a pool of connections.
     *
     * @param size the number of connections
     * @return the pool
     */
    public HikariDataSource pool(int size) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(dataSource);
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }

    /** Creates Respite's table, one of the same shape for the floor, and the tables of a bank. */
    void makeTables(int accounts) throws SQLException, IOException {
        String ours = script("/db/respite/" + dialect + "/V1__respite_idempotency.sql");
        run(ours);
        run(ours.replaceAll("CREATE SEQUENCE [^;]*;", "").replace("respite_idempotency", "floor_record"));
        run("CREATE TABLE ledger (id varchar(80) NOT NULL, amount integer NOT NULL)");
        run("CREATE TABLE account (id integer NOT NULL PRIMARY KEY, balance integer NOT NULL)");
        for (int account = 0; account < accounts; account++) {
            run("INSERT INTO account VALUES (" + account + ", 0)");
        }
    }

    /**
     * Reads a script of the class path.
     *
     * @param name the name of the resource
     * @return its SQL
     * @throws IOException if it cannot be read
     */
    public static String script(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Database.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * Runs statements.
     *
     * @param sql the statements
     * @throws SQLException if one fails
     */
    public void run(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
