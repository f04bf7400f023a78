package dev.respite.torture.store;

import dev.respite.torture.process.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** PostgreSQL from the packages of the operating system, with a data directory of its own. */
final class InstalledPostgres implements DatabaseServer {

    private final Path programs;
    private final Path home;
    private RunningServer running;

    /** A server process and its port. */
    private record RunningServer(Process process, int port) {}

    private InstalledPostgres(Path programs, Path home, RunningServer running) {
        this.programs = programs;
        this.home = home;
        this.running = running;
    }

    /**
     * Creates a database cluster and starts the server.
     *
     * @param installed the directory that contains {@code bin/postgres}
     * @param home the directory for the data and the log
     */
    static InstalledPostgres start(Path installed, Path home) throws IOException, InterruptedException {
        Path programs = installed.resolve("bin");
        if (!Files.isExecutable(programs.resolve("postgres"))) {
            throw new IOException(
                    installed + " contains no executable bin/postgres; give --server the directory that does");
        }
        Process initdb =
                process(home, programs.resolve("initdb").toString(), "-D", data(home), "-U", "postgres", "-A", "trust");
        if (initdb.waitFor() != 0) {
            throw new IOException("initdb failed; its output is in " + log(home));
        }
        return new InstalledPostgres(programs, home, launch(programs, home));
    }

    private static String data(Path home) {
        return home.resolve("postgres").toString();
    }

    private static Path log(Path home) {
        return home.resolve("postgres.log");
    }

    /** PostgreSQL refuses to run as root. In a user namespace the process has another user ID and still owns the files. */
    private static Process process(Path home, String... command) throws IOException {
        List<String> arguments = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            arguments.addAll(List.of("unshare", "-U"));
        }
        arguments.addAll(List.of(command));
        return new ProcessBuilder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(home).toFile()))
                .start();
    }

    private static RunningServer launch(Path programs, Path home) throws IOException, InterruptedException {
        int port = ServerStartup.freePort();
        List<String> command = new ArrayList<>(
                List.of(programs.resolve("postgres").toString(), "-D", data(home), "-p", Integer.toString(port)));
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=100",
                // Limits how long a client without a connection, or a paused one, holds locks.
                "idle_in_transaction_session_timeout=10s",
                "lock_timeout=1s",
                "deadlock_timeout=100ms")) {
            command.addAll(List.of("-c", setting));
        }
        Process process = process(home, command.toArray(String[]::new));
        ServerStartup.awaitConnections("PostgreSQL", process, jdbcUrl(port), log(home));
        return new RunningServer(process, port);
    }

    @Override
    public String url(int port) {
        return jdbcUrl(port);
    }

    /** The driver treats a response as lost after 2 s. */
    private static String jdbcUrl(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&socketTimeout=2&connectTimeout=2";
    }

    @Override
    public String dialect() {
        return "postgresql";
    }

    @Override
    public int port() {
        return running.port();
    }

    /** Kills the postmaster first, so that it cannot clean up, then its child processes. */
    @Override
    public void stop() {
        killAll(running.process().toHandle());
    }

    static void killAll(ProcessHandle postmaster) {
        Signal.STOP.to(postmaster.pid());
        List<ProcessHandle> all =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        for (ProcessHandle each : all) {
            Signal.KILL.to(each.pid());
        }
        for (ProcessHandle each : all) {
            each.onExit().join();
        }
    }

    @Override
    public void restart() throws IOException, InterruptedException {
        running = launch(programs, home);
    }

    @Override
    public void close() {
        running.process().destroyForcibly();
    }
}
