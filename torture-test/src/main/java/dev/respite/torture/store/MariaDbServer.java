package dev.respite.torture.store;

import dev.respite.torture.process.Signal;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** MariaDB from its binaries, with full durability. */
final class MariaDbServer implements DatabaseServer {

    private static final String BINARIES = "respite.mariadb";

    private final Path binaries;
    private final Path home;
    private RunningServer running;

    /** A server process and its port. */
    private record RunningServer(Process process, int port) {}

    private MariaDbServer(Path binaries, Path home, RunningServer running) {
        this.binaries = binaries;
        this.home = home;
        this.running = running;
    }

    /** Starts the MariaDB of the build, or the one that is installed below a directory, for example {@code /usr}. */
    static MariaDbServer start(Path home, Optional<Path> installed) throws IOException, InterruptedException {
        String directory = installed.map(Path::toString).orElse(System.getProperty(BINARIES, ""));
        if (directory.isEmpty()) {
            throw new IOException("this build contains no MariaDB; build it with ./torture --store mariadb");
        }
        Path binaries = Path.of(directory);
        Files.createDirectory(home.resolve("mariadb"));
        Process bootstrap = process(binaries, home, "--bootstrap");
        try (BufferedWriter in = bootstrap.outputWriter(StandardCharsets.UTF_8)) {
            in.write("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
            for (String script : List.of("system_tables", "performance_tables", "system_tables_data")) {
                in.write(Files.readString(share(binaries).resolve("mariadb_" + script + ".sql")));
            }
            in.write("CREATE DATABASE bank;\n");
        }
        if (bootstrap.waitFor() != 0) {
            throw new IOException("MariaDB cannot create its system tables; its output is in " + log(home));
        }
        return new MariaDbServer(binaries, home, launch(binaries, home));
    }

    private static Path log(Path home) {
        return home.resolve("mariadb.log");
    }

    private static Process process(Path binaries, Path home, String... options) throws IOException {
        Path program = existing(binaries, "bin/mariadbd", "sbin/mariadbd");
        // Files from the jar have no execute permission.
        if (!Files.isExecutable(program) && !program.toFile().setExecutable(true)) {
            throw new IOException(program + " cannot be made executable");
        }
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-defaults",
                "--datadir=" + home.resolve("mariadb"),
                "--lc-messages-dir=" + share(binaries),
                "--character-sets-dir=" + share(binaries).resolve("charsets"),
                "--plugin-dir=" + home));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        command.addAll(List.of(options));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(home).toFile()))
                .start();
    }

    private static Path share(Path binaries) throws IOException {
        return existing(binaries, "share/mariadb_system_tables.sql", "share/mariadb/mariadb_system_tables.sql")
                .resolveSibling("");
    }

    private static Path existing(Path home, String... candidates) throws IOException {
        for (String candidate : candidates) {
            if (Files.exists(home.resolve(candidate))) {
                return home.resolve(candidate);
            }
        }
        throw new IOException(
                home + " contains no MariaDB: none of " + String.join(", ", candidates) + " exists there");
    }

    private static RunningServer launch(Path binaries, Path home) throws IOException, InterruptedException {
        int port = ServerStartup.freePort();
        Process process = process(
                binaries,
                home,
                "--port=" + port,
                "--bind-address=127.0.0.1",
                // Relative to the data directory: the absolute path may exceed the limit for a socket.
                "--socket=socket",
                "--innodb-flush-log-at-trx-commit=1",
                // Without the binary log, other connections see a commit before it is on disk.
                "--log-bin",
                "--sync-binlog=1",
                // The server would generate a key for several seconds at each start.
                "--skip-ssl",
                // Limits how long a client without a connection, or a paused one, holds locks.
                "--idle-transaction-timeout=10",
                "--innodb-lock-wait-timeout=1");
        ServerStartup.awaitConnections("MariaDB", process, jdbcUrl(port), log(home));
        return new RunningServer(process, port);
    }

    /** The driver treats a response as lost after 2 s. */
    @Override
    public String url(int port) {
        return jdbcUrl(port);
    }

    private static String jdbcUrl(int port) {
        return "jdbc:mariadb://127.0.0.1:" + port
                + "/bank?user=root&socketTimeout=2000&connectTimeout=2000&allowMultiQueries=true";
    }

    @Override
    public String dialect() {
        return "mariadb";
    }

    @Override
    public int port() {
        return running.port();
    }

    @Override
    public void stop() throws InterruptedException {
        Signal.KILL.to(running.process().pid());
        int unused = running.process().waitFor();
    }

    @Override
    public void restart() throws IOException, InterruptedException {
        running = launch(binaries, home);
    }

    @Override
    public void close() {
        running.process().destroyForcibly();
    }
}
