package dev.respite.benchmarks.durable;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.benchmarks.stores.Database;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** PostgreSQL with the tables of all contenders. */
final class Rig implements AutoCloseable {

    /** The threads of each contender. */
    static final int THREADS = 10;

    static final Duration POLL = Duration.ofMillis(100);
    static final Duration HEARTBEAT = Duration.ofSeconds(30);

    /** Connections for polling and heartbeats. */
    private static final int MORE_CONNECTIONS = 3;

    private final Database database;
    private final HikariDataSource pool;

    private Rig(Database database, HikariDataSource pool) {
        this.database = database;
        this.pool = pool;
    }

    static Rig start() throws IOException, SQLException {
        Database database = Database.postgresql();
        String ours = Database.script("/db/respite_durable/postgresql/V1_1__respite_durable.sql");
        database.run(ours);
        database.run(
                ours.substring(0, ours.indexOf("-- Calls that were given up")).replace("respite_task", "bare_task"));
        // db-scheduler's own index of due rows: its polls name no tasks.
        database.run("CREATE INDEX bare_task_time ON bare_task (execution_time)");
        database.run(Database.script("/db/respite/postgresql/V1__respite_idempotency.sql"));
        database.run("CREATE TABLE ledger (id varchar(100) NOT NULL)");
        return new Rig(database, database.pool(THREADS + MORE_CONNECTIONS));
    }

    HikariDataSource pool() {
        return pool;
    }

    void clear(String table) throws SQLException {
        database.run("TRUNCATE " + table + ", ledger, respite_idempotency");
        database.run("ANALYZE " + table);
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

    /** Creates a failure without a stack trace, whose cost would be measured. */
    static RuntimeException failure() {
        return new Rejected();
    }

    private static final class Rejected extends RuntimeException {
        private static final long serialVersionUID = 1;

        Rejected() {
            super("rejected", new ConnectException("rejected"), false, false);
        }
    }

    @Override
    public void close() throws Exception {
        pool.close();
        database.stop().close();
    }
}
