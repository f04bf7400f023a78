package dev.respite.torture.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A store in a process of its own, whose data survives the process. */
public final class StoreServer implements Closeable {

    /** A server that was killed under load recovers before it accepts connections. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

    private static final long STOP_SECONDS = 10;

    private final Program program;
    private volatile Running running;

    /** A process of the store. */
    private record Running(Process process, int port) {}

    /** The program of a store. */
    interface Program {

        /** Starts a process on the existing data. */
        Process launch(int port) throws IOException;

        /** Returns the URL of a server on the given port of this machine. */
        String url(int port);

        /** Returns whether a server accepts connections. */
        default boolean accepts(int port) {
            try (Connection connection = DriverManager.getConnection(url(port))) {
                return connection.isValid(1);
            } catch (SQLException notYet) {
                return false;
            }
        }

        /** Returns whether the data survives SIGKILL, so that the store is not shut down in order. */
        default boolean survivesKill() {
            return true;
        }
    }

    private StoreServer(Program program, Running running) {
        this.program = program;
        this.running = running;
    }

    static StoreServer start(Program program) throws IOException, InterruptedException {
        return new StoreServer(program, launch(program));
    }

    private static Running launch(Program program) throws IOException, InterruptedException {
        int port = freePort();
        Process process = program.launch(port);
        long begun = System.nanoTime();
        while (!program.accepts(port)) {
            if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() - begun > START_TIMEOUT.toNanos()) {
                process.destroyForcibly();
                throw new IOException(program.url(port) + " does not accept connections; see the log of the store");
            }
        }
        return new Running(process, port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** Starts a program, and appends its output to the log. */
    static Process process(Path log, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Returns the port of the current process. */
    public int port() {
        return running.port();
    }

    /** Returns the URL of a server on the given port of this machine. */
    public String url(int port) {
        return program.url(port);
    }

    /** Returns the URL of the current process. */
    public String url() {
        return url(port());
    }

    /** Opens a connection to a database. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    /**
     * Ends the server as abruptly as it promises to survive, which is SIGKILL for all but H2. The parent process is stopped
     * first, so that it cannot clean up, then its child processes are killed with it.
     */
    public void stop() throws IOException, InterruptedException {
        Process process = running.process();
        if (!program.survivesKill()) {
            process.destroy();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the store did not end within " + STOP_SECONDS + " s after SIGTERM");
            }
            return;
        }
        kill(process);
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            Signal.STOP.to(process.pid());
        }
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().join());
    }

    /** Starts the server on the existing data, and waits until it accepts connections. */
    public void restart() throws IOException, InterruptedException {
        running = launch(program);
    }

    /** Kills the server and waits for the end of all its processes, so that none writes into a directory being deleted. */
    @Override
    public void close() {
        kill(running.process());
    }
}
