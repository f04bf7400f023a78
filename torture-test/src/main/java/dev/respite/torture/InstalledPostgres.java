package dev.respite.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** PostgreSQL from the packages of a system, in a directory of its own. */
final class InstalledPostgres implements DatabaseServer {

    private final Path programs;
    private final Path home;
    private RunningServer running;

    /** One process, and where it listens. */
    private record RunningServer(Process process, int port) {}

    private InstalledPostgres(Path programs, Path home, RunningServer running) {
        this.programs = programs;
        this.home = home;
        this.running = running;
    }

    /**
     * Starts it.
     *
     * @param installed the directory that has {@code bin/postgres}
     * @param home a directory for its data
     */
    static InstalledPostgres start(Path installed, Path home) throws IOException, InterruptedException {
        Path programs = installed.resolve("bin");
        if (!Files.isExecutable(programs.resolve("postgres"))) {
            throw new IOException("there is no bin/postgres in " + installed);
        }
        Process making =
                process(home, programs.resolve("initdb").toString(), "-D", data(home), "-U", "postgres", "-A", "trust");
        if (making.waitFor() != 0) {
            throw new IOException("PostgreSQL cannot make its data; what it said is in " + log(home));
        }
        return new InstalledPostgres(programs, home, launch(programs, home));
    }

    private static String data(Path home) {
        return home.resolve("postgres").toString();
    }

    private static Path log(Path home) {
        return home.resolve("postgres.log");
    }

    /** It does not run as root: there it is somebody else in a user namespace, to whom the files belong all the same. */
    private static Process process(Path home, String... command) throws IOException {
        List<String> words = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            words.addAll(List.of("unshare", "-U"));
        }
        words.addAll(List.of(command));
        return new ProcessBuilder(words)
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
                // Whoever was cut off or put to sleep must not keep others waiting for ever.
                "idle_in_transaction_session_timeout=10s",
                "lock_timeout=1s",
                "deadlock_timeout=100ms")) {
            command.addAll(List.of("-c", setting));
        }
        Process process = process(home, command.toArray(String[]::new));
        ServerStartup.awaitConnections("PostgreSQL", process, place(port), log(home));
        return new RunningServer(process, port);
    }

    @Override
    public String url(int port) {
        return place(port);
    }

    /** An answer that does not come within 2 s counts as lost. */
    private static String place(int port) {
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

    /** The postmaster first, so that nobody cleans up; then those who wrote for it. */
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
