package dev.respite.torture;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** MariaDB, as durable as it can be, from its bare binaries. */
final class MariaDbServer implements DatabaseServer {

    private static final String BINARIES = "respite.mariadb";

    private final Path binaries;
    private final Path home;
    private RunningServer running;

    /** One process, and where it listens. */
    private record RunningServer(Process process, int port) {}

    private MariaDbServer(Path binaries, Path home, RunningServer running) {
        this.binaries = binaries;
        this.home = home;
        this.running = running;
    }

    /** The one of the build, or one that is installed below a directory, {@code /usr} for example. */
    static MariaDbServer start(Path home, Optional<Path> installed) throws IOException, InterruptedException {
        String place = installed.map(Path::toString).orElse(System.getProperty(BINARIES, ""));
        if (place.isEmpty()) {
            throw new IOException("there is no MariaDB in this build: ./torture --store mariadb makes one that has it");
        }
        Path binaries = Path.of(place);
        Files.createDirectory(home.resolve("mariadb"));
        Process installing = process(binaries, home, "--bootstrap");
        try (BufferedWriter in = installing.outputWriter(StandardCharsets.UTF_8)) {
            in.write("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
            for (String script : List.of("system_tables", "performance_tables", "system_tables_data")) {
                in.write(Files.readString(share(binaries).resolve("mariadb_" + script + ".sql")));
            }
            in.write("CREATE DATABASE bank;\n");
        }
        if (installing.waitFor() != 0) {
            throw new IOException("MariaDB cannot be installed; what it said is in " + log(home));
        }
        return new MariaDbServer(binaries, home, launch(binaries, home));
    }

    private static Path log(Path home) {
        return home.resolve("mariadb.log");
    }

    private static Process process(Path binaries, Path home, String... options) throws IOException {
        Path program = existing(binaries, "bin/mariadbd", "sbin/mariadbd");
        // The jar that it comes in has no permissions.
        if (!Files.isExecutable(program) && !program.toFile().setExecutable(true)) {
            throw new IOException("cannot be made executable: " + program);
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
        throw new IOException("there is no MariaDB in " + home + ": it has none of " + String.join(", ", candidates));
    }

    private static RunningServer launch(Path binaries, Path home) throws IOException, InterruptedException {
        int port = ServerStartup.freePort();
        Process process = process(
                binaries,
                home,
                "--port=" + port,
                "--bind-address=127.0.0.1",
                // In the directory of the data: the whole path may be too long for a socket.
                "--socket=socket",
                "--innodb-flush-log-at-trx-commit=1",
                // Without this log, others see a commit before it is on the disk.
                "--log-bin",
                "--sync-binlog=1",
                // It would make itself a key at each start, for seconds.
                "--skip-ssl",
                // Whoever was cut off or put to sleep must not keep others waiting for ever.
                "--idle-transaction-timeout=10",
                "--innodb-lock-wait-timeout=1");
        ServerStartup.awaitConnections("MariaDB", process, place(port), log(home));
        return new RunningServer(process, port);
    }

    /** An answer that does not come within 2 s counts as lost. */
    @Override
    public String url(int port) {
        return place(port);
    }

    private static String place(int port) {
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
