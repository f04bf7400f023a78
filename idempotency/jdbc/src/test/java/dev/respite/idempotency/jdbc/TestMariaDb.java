package dev.respite.idempotency.jdbc;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * A MariaDB of the profile's, from its bare binaries: made, started, and killed at the end of the tests. Its sessions are in a
 * time zone of their own, to see that nothing depends on it.
 */
public final class TestMariaDb {

    /** Where the profile has the binaries; nothing without the profile. */
    public static final String BINARIES = "respite.mariadb";

    private static final long PATIENCE_SECONDS = 120;

    private final Path binaries;
    private final Path home;
    private final int port;

    private TestMariaDb(Path binaries, Path home, int port) {
        this.binaries = binaries;
        this.home = home;
        this.port = port;
    }

    /** A new one. More options are the server's. */
    public static TestMariaDb start(String... more) throws IOException {
        Path binaries = Path.of(System.getProperty(BINARIES));
        Path home = Files.createTempDirectory(Files.createDirectories(Path.of("target", "mariadb-data")), "bank");
        TestMariaDb server = new TestMariaDb(binaries, home.toAbsolutePath(), freePort());
        server.install();
        server.run(List.of(more));
        return server;
    }

    /** With more options for the driver: {@code &so=that}. */
    public DataSource dataSource(String more) {
        return new DriverManagerDataSource(url() + more);
    }

    private String url() {
        return "jdbc:mariadb://127.0.0.1:" + port + "/bank?user=root";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** What mariadb-install-db does, less the help texts. */
    private void install() throws IOException {
        Files.createDirectories(home.resolve("data"));
        Process process = process(List.of("--bootstrap"), "install.log");
        try (BufferedWriter in = process.outputWriter(StandardCharsets.UTF_8)) {
            in.write("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
            for (String script : List.of("system_tables", "performance_tables", "system_tables_data")) {
                in.write(Files.readString(share().resolve("mariadb_" + script + ".sql")));
            }
            in.write("CREATE DATABASE bank;\n");
        }
        if (waitFor(process) != 0) {
            throw new IOException("MariaDB cannot be installed; see " + home.resolve("install.log"));
        }
    }

    private void run(List<String> more) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "--port=" + port,
                "--bind-address=127.0.0.1",
                // In the directory of the data: the whole path may be too long for a socket.
                "--socket=socket",
                "--max-connections=200",
                // It would make itself a key at each start, for seconds.
                "--skip-ssl",
                "--default-time-zone=+05:45"));
        options.addAll(more);
        Process process = process(options, "server.log");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(process)));
        awaitReady(process);
    }

    /** Its logs stay. */
    private void remove(Process process) {
        try {
            process.destroyForcibly().waitFor();
            FileSystemUtils.deleteRecursively(home.resolve("data"));
        } catch (IOException | InterruptedException leftThere) {
            return;
        }
    }

    private Process process(List<String> options, String log) throws IOException {
        Path program = existing("bin/mariadbd", "sbin/mariadbd");
        // The jar that it comes in has no permissions.
        if (!Files.isExecutable(program) && !program.toFile().setExecutable(true)) {
            throw new IOException("cannot be made executable: " + program);
        }
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-defaults",
                "--datadir=" + home.resolve("data"),
                "--lc-messages-dir=" + share(),
                "--character-sets-dir=" + share().resolve("charsets"),
                "--plugin-dir=" + home));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        command.addAll(options);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(log).toFile())
                .start();
    }

    private Path share() throws IOException {
        return existing("share/mariadb_system_tables.sql", "share/mariadb/mariadb_system_tables.sql")
                .getParent();
    }

    /** The build's archive and the packages of a system have other places. */
    private Path existing(String... candidates) throws IOException {
        for (String candidate : candidates) {
            if (Files.exists(binaries.resolve(candidate))) {
                return binaries.resolve(candidate);
            }
        }
        throw new IOException("there is no MariaDB in " + binaries + ": none of " + List.of(candidates));
    }

    /** The server has written it to its log, and responds. */
    private void awaitReady(Process process) throws IOException {
        long begun = System.nanoTime();
        while (process.isAlive() && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
            try (Connection connection = DriverManager.getConnection(url())) {
                if (connection.isValid(1)) {
                    return;
                }
            } catch (SQLException notYet) {
                waitALittle(process);
            }
        }
        process.destroyForcibly();
        try (BufferedReader log = Files.newBufferedReader(home.resolve("server.log"))) {
            throw new IOException(
                    "MariaDB does not start:\n" + String.join("\n", log.lines().toList()));
        }
    }

    private static void waitALittle(Process process) {
        try {
            process.waitFor(50, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(interrupted));
        }
    }

    private static int waitFor(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }
}
