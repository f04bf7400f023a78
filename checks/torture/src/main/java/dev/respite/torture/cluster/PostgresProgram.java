package dev.respite.torture.cluster;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL with full durability.
 *
 * @param programs the directory of the programs
 * @param home the directory for the data and the log
 */
record PostgresProgram(Path programs, Path home) implements StoreServer.Program {

    private static final Duration FIRST_START = Duration.ofMinutes(2);

    private static final List<String> SETTINGS = List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=100",
            // Limits how long a client without a connection, or a paused one, holds locks.
            "idle_in_transaction_session_timeout=10s",
            "lock_timeout=1s",
            "deadlock_timeout=100ms");

    /** Unpacks the build's PostgreSQL and creates a database cluster. */
    static PostgresProgram ofBuild(Path home) throws IOException {
        Path data = data(home);
        EmbeddedPostgres first = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(FIRST_START)
                .start();
        try {
            String pid =
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip();
            return ProcessHandle.of(Long.parseLong(pid))
                    .flatMap(process -> process.info().command())
                    .map(command -> new PostgresProgram(Path.of(command).resolveSibling(""), home))
                    .orElseThrow(() -> new IOException("the program of the process " + pid + " is unknown"));
        } finally {
            first.close();
        }
    }

    /** Creates a database cluster with the PostgreSQL of a directory that contains {@code bin/postgres}. */
    static PostgresProgram ofInstalled(Path installed, Path home) throws IOException, InterruptedException {
        PostgresProgram program = new PostgresProgram(installed.resolve("bin"), home);
        if (!Files.isExecutable(program.programs.resolve("postgres"))) {
            throw new IOException(
                    installed + " contains no executable bin/postgres; give --server the directory that does");
        }
        Process initdb =
                program.process("initdb", List.of("-D", data(home).toString(), "-U", "postgres", "-A", "trust"));
        if (initdb.waitFor() != 0) {
            throw new IOException("initdb failed; its output is in " + home);
        }
        return program;
    }

    private static Path data(Path home) {
        return home.resolve("postgres");
    }

    /** PostgreSQL refuses to run as root. In a user namespace the process has another user ID and still owns the files. */
    private Process process(String name, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(programs.resolve(name).toString());
        command.addAll(arguments);
        return StoreServer.process(home.resolve("postgres.log"), command);
    }

    @Override
    public Process launch(int port) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-D", data(home).toString(), "-p", Integer.toString(port)));
        SETTINGS.forEach(setting -> arguments.addAll(List.of("-c", setting)));
        return process("postgres", arguments);
    }

    /** The driver treats a response as lost after 2 s. */
    @Override
    public String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&socketTimeout=2&connectTimeout=2";
    }
}
