package dev.respite.torture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What the start of each server has in common. */
final class ServerStartup {

    /** A server that was killed in the midst of a lot of work recovers first. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private ServerStartup() {}

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /**
     * Waits until a database accepts connections.
     *
     * @param name what an error calls it
     * @param process its process
     * @param url where it accepts them
     * @param log where its output is
     */
    static void awaitConnections(String name, Process process, String url, Path log)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (!answers(url)) {
            if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() - begun > TIMEOUT.toNanos()) {
                process.destroyForcibly();
                throw new IOException(name + " does not start; its output is in " + log);
            }
        }
    }

    private static boolean answers(String url) {
        try (Connection connection = DriverManager.getConnection(url)) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }
}
