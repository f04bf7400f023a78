package dev.respite.idempotency.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server of the system's packages, whose clock may be wrong. It may follow another server by logical replication, and
 * take over from it.
 */
public final class TestPostgresql implements AutoCloseable {

    /** The property with the folder of the programs; tests of a failover are skipped without it. */
    public static final String HOME = "respite.postgresql.home";

    public static final String SKIPPED = "bin/newer-servers runs it, where PostgreSQL and libfaketime are installed";

    /** The property with the library that changes the clock of a process. */
    private static final String FAKETIME = "respite.faketime";

    private final Path folder;
    private final int port;
    private final Process process;

    /**
     * Starts a new server.
     *
     * @param minutesAhead how far its clock is ahead; negative if it is behind
     */
    public TestPostgresql(int minutesAhead) throws IOException, InterruptedException {
        folder = Files.createTempDirectory("respite-postgresql");
        String data = folder.resolve("data").toString();
        program("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync")
                .start()
                .waitFor();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ProcessBuilder server = program("postgres", "-D", data, "-p", String.valueOf(port));
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "wal_level=logical",
                "wal_retrieve_retry_interval=100ms")) {
            server.command().addAll(List.of("-c", setting));
        }
        server.environment().put("LD_PRELOAD", System.getProperty(FAKETIME));
        server.environment().put("FAKETIME", "%+dm".formatted(minutesAhead));
        // The server waits by the monotonic clock.
        server.environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        process = server.start();
        await("SELECT 1");
    }

    /** PostgreSQL does not run as root: there it is another user in a namespace. */
    private ProcessBuilder program(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(Path.of(System.getProperty(HOME), "bin", name).toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    }

    private Path log() {
        return folder.resolve("log");
    }

    public DataSource dataSource() {
        return new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
    }

    public JdbcTemplate sql() {
        return new JdbcTemplate(dataSource());
    }

    /**
     * Copies tables of another server, which this one has too, and follows their changes. From then on a commit there waits until it is
     * applied here.
     */
    public void follow(TestPostgresql primary, String tables) throws IOException, InterruptedException {
        primary.sql().execute("CREATE PUBLICATION failover FOR TABLE " + tables);
        sql().execute("CREATE SUBSCRIPTION failover CONNECTION 'host=127.0.0.1 port=" + primary.port
                + " user=postgres dbname=postgres' PUBLICATION failover WITH (synchronous_commit = on)");
        await("SELECT 1 FROM pg_subscription_rel HAVING bool_and(srsubstate = 'r')");
        primary.sql().execute("ALTER SYSTEM SET synchronous_standby_names = 'failover'");
        primary.sql().execute("SELECT pg_reload_conf()");
        primary.await("SELECT 1 FROM pg_stat_replication WHERE application_name = 'failover' AND sync_state = 'sync'");
    }

    /** Kills the server that this one follows, and ends the replication. */
    public void takeOverFrom(TestPostgresql primary) throws IOException, InterruptedException {
        primary.close();
        sql().execute("ALTER SUBSCRIPTION failover DISABLE");
        sql().execute("ALTER SUBSCRIPTION failover SET (slot_name = NONE)");
        sql().execute("DROP SUBSCRIPTION failover");
    }

    /** Waits until a query has a row, for a minute. */
    private void await(String query) throws IOException, InterruptedException {
        for (int i = 0; i < 600 && !process.waitFor(100, TimeUnit.MILLISECONDS); i++) {
            try {
                if (!sql().queryForList(query).isEmpty()) {
                    return;
                }
            } catch (DataAccessException notYet) {
                // It starts.
            }
        }
        throw new IOException("no row of " + query + "\n" + Files.readString(log()));
    }

    /** Kills the server with all of its processes, as a power failure does. */
    @Override
    public void close() throws IOException, InterruptedException {
        if (process.isAlive()) {
            new ProcessBuilder("kill", "-QUIT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            process.waitFor();
        }
        FileSystemUtils.deleteRecursively(folder);
    }
}
