package dev.respite.torture.cluster;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * MariaDB from its binaries, with full durability.
 *
 * @param binaries the directory that contains MariaDB
 * @param home the directory for the data and the log
 */
record MariaDbProgram(Path binaries, Path home) implements StoreServer.Program {

    private static final String BINARIES = "respite.mariadb";

    /** Prepares the MariaDB of the build, or the one that is installed below a directory, for example {@code /usr}. */
    static MariaDbProgram of(Path home, Optional<Path> installed) throws IOException, InterruptedException {
        String directory = installed.map(Path::toString).orElse(System.getProperty(BINARIES, ""));
        if (directory.isEmpty()) {
            throw new IOException("this build contains no MariaDB; build it with bin/torture --store mariadb");
        }
        MariaDbProgram program = new MariaDbProgram(Path.of(directory), home);
        Files.createDirectory(home.resolve("mariadb"));
        Process bootstrap = program.process(List.of("--bootstrap"));
        try (BufferedWriter in = bootstrap.outputWriter(StandardCharsets.UTF_8)) {
            in.write("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n");
            for (String script : List.of("system_tables", "performance_tables", "system_tables_data")) {
                in.write(Files.readString(program.share().resolve("mariadb_" + script + ".sql")));
            }
            in.write("CREATE DATABASE bank;\n");
        }
        if (bootstrap.waitFor() != 0) {
            throw new IOException("MariaDB cannot create its system tables; its output is in " + home);
        }
        return program;
    }

    private Process process(List<String> options) throws IOException {
        Path program = existing("bin/mariadbd", "sbin/mariadbd");
        // Files from the jar have no execute permission.
        if (!Files.isExecutable(program) && !program.toFile().setExecutable(true)) {
            throw new IOException(program + " cannot be made executable");
        }
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-defaults",
                "--datadir=" + home.resolve("mariadb"),
                "--lc-messages-dir=" + share(),
                "--character-sets-dir=" + share().resolve("charsets"),
                "--plugin-dir=" + home));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        command.addAll(options);
        return StoreServer.process(home.resolve("mariadb.log"), command);
    }

    private Path share() throws IOException {
        return existing("share/mariadb_system_tables.sql", "share/mariadb/mariadb_system_tables.sql")
                .resolveSibling("");
    }

    private Path existing(String... candidates) throws IOException {
        for (String candidate : candidates) {
            if (Files.exists(binaries.resolve(candidate))) {
                return binaries.resolve(candidate);
            }
        }
        throw new IOException(
                binaries + " contains no MariaDB: none of " + String.join(", ", candidates) + " exists there");
    }

    @Override
    public Process launch(int port) throws IOException {
        return process(List.of(
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
                "--innodb-lock-wait-timeout=1"));
    }

    /** The driver treats a response as lost after 2 s. */
    @Override
    public String url(int port) {
        return "jdbc:mariadb://127.0.0.1:" + port
                + "/bank?user=root&socketTimeout=2000&connectTimeout=2000&allowMultiQueries=true";
    }
}
