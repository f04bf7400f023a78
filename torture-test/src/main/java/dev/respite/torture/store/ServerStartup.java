package dev.respite.torture.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Steps that all servers have in common when they start. */
final class ServerStartup {

    /** A server that was killed under load recovers before it accepts connections. */
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
     * @param name the name in error messages
     * @param process the process of the database
     * @param url the JDBC URL
     * @param log the file with its output
     */
    static void awaitConnections(String name, Process process, String url, Path log)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        while (!accepts(url)) {
            if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() - begun > TIMEOUT.toNanos()) {
                process.destroyForcibly();
                throw new IOException(name + " does not accept connections; its output is in " + log);
            }
        }
    }

    private static boolean accepts(String url) {
        try (Connection connection = DriverManager.getConnection(url)) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }
}
