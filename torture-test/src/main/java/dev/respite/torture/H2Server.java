package dev.respite.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.h2.tools.Server;

/** H2's own server, in a JVM of its own, which is this program too. */
public final class H2Server implements DatabaseServer {

    private static final Duration END = Duration.ofSeconds(10);

    private final Path home;
    private RunningServer running;

    /** One process, and where it listens. */
    private record RunningServer(Process process, int port) {}

    private H2Server(Path home, RunningServer running) {
        this.home = home;
        this.running = running;
    }

    /**
     * Serves until its master goes.
     *
     * @param args the directory of the databases
     * @throws SQLException if it cannot
     * @throws IOException if its master cannot be heard
     */
    public static void main(String[] args) throws SQLException, IOException {
        Server server = Server.createTcpServer("-tcpPort", "0", "-baseDir", args[0], "-ifNotExists")
                .start();
        System.out.println(ControlProtocol.READY + server.getPort());
        while (System.in.read() >= 0) {
            // It has nothing to say.
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
        throw new IOException("H2's server has ended at once; what it said is in " + log);
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
     * Ends it in order: its hook rolls back what is under way, and closes the file. Killed while several connections write, H2
     * may keep one half of a transaction, which no protocol on top of it can mend.
     */
    @Override
    public void stop() throws IOException, InterruptedException {
        Signal.TERM.to(running.process().pid());
        if (!running.process().waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("H2's server was asked to end, and has not within " + END);
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
