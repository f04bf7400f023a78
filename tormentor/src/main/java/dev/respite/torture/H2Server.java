package dev.respite.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** H2's own server, in a JVM of its own. */
final class H2Server implements Database {

    private static final Pattern LISTENING = Pattern.compile(".*running at tcp://[^ ]*:(\\d+) .*");

    private final Path home;
    private Life life;

    /** One process, and where it listens. */
    private record Life(Process process, int port) {}

    private H2Server(Path home, Life life) {
        this.home = home;
        this.life = life;
    }

    static H2Server start(Path home) throws IOException {
        return new H2Server(home, started(home));
    }

    private static Life started(Path home) throws IOException {
        Process process = Jvm.start(
                home.resolve("h2.log"),
                List.of("-Dh2.bindAddress=127.0.0.1"),
                "org.h2.tools.Server",
                List.of("-tcp", "-tcpPort", "0", "-baseDir", home.toString(), "-ifNotExists"));
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.matches()) {
                return new Life(process, Integer.parseInt(listening.group(1)));
            }
        }
        throw new IOException("H2's server has ended at once; what it said is in " + home.resolve("h2.log"));
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
        return life.port();
    }

    @Override
    public void kill() throws InterruptedException {
        Signals.KILL.to(life.process().pid());
        int unused = life.process().waitFor();
    }

    @Override
    public void startAgain() throws IOException {
        life = started(home);
    }

    @Override
    public void close() {
        life.process().destroyForcibly();
    }
}
