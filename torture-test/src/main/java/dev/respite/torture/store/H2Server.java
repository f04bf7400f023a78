package dev.respite.torture.store;

import dev.respite.torture.process.ControlProtocol;
import dev.respite.torture.process.JavaProcess;
import dev.respite.torture.process.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.h2.tools.Server;

/** H2's server in a JVM of its own. This class is also the main class of that JVM. */
public final class H2Server implements DatabaseServer {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Path home;
    private RunningServer running;

    /** A server process and its port. */
    private record RunningServer(Process process, int port) {}

    private H2Server(Path home, RunningServer running) {
        this.home = home;
        this.running = running;
    }

    /**
     * Runs the server until standard input is closed, that is, until the parent process ends.
     *
     * @param args the directory of the databases
     * @throws SQLException if the server cannot be started
     * @throws IOException if standard input cannot be read
     */
    public static void main(String[] args) throws SQLException, IOException {
        Server server = Server.createTcpServer("-tcpPort", "0", "-baseDir", args[0], "-ifNotExists")
                .start();
        System.out.println(ControlProtocol.READY + server.getPort());
        while (System.in.read() >= 0) {
            // The parent process sends no data; the end of the stream means that it has ended.
        }
        Runtime.getRuntime().halt(0);
    }

    static H2Server start(Path home) throws IOException {
        return new H2Server(home, launch(home));
    }

    private static RunningServer launch(Path home) throws IOException {
        Path log = home.resolve("h2.log");
        Process process = JavaProcess.start(
                log, List.of("-Dh2.bindAddress=127.0.0.1"), H2Server.class.getName(), List.of(home.toString()));
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(ControlProtocol.READY)) {
                return new RunningServer(process, Integer.parseInt(line.substring(ControlProtocol.READY.length())));
            }
        }
        throw new IOException("H2's server ended before it was ready; its output is in " + log);
    }

    @Override
    public String url(int port) {
        return "jdbc:h2:tcp://127.0.0.1:" + port + "/./bank;WRITE_DELAY=0;LOCK_TIMEOUT=1000";
    }

    @Override
    public String dialect() {
        return "h2";
    }

    @Override
    public int port() {
        return running.port();
    }

    /**
     * Shuts the server down with SIGTERM: its shutdown hook rolls back open transactions and closes the file. After a kill
     * while several connections write, H2 may keep one half of a transaction. No protocol above the database can repair that.
     */
    @Override
    public void stop() throws IOException, InterruptedException {
        Signal.TERM.to(running.process().pid());
        if (!running.process().waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("H2's server did not end within " + STOP_TIMEOUT + " after SIGTERM");
        }
    }

    @Override
    public void restart() throws IOException {
        running = launch(home);
    }

    @Override
    public void close() {
        running.process().destroyForcibly();
    }
}
