package dev.respite.torture;

import com.sun.net.httpserver.HttpServer;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.IdempotentHandler;
import dev.respite.torture.sabotage.Sabotage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

/** One process of the bank: the JDK's HTTP server, the guard, and the bank behind it. It lives no longer than its master. */
public final class Worker {

    /** Short, so that owners that were killed or put to sleep are taken over while they are still looked at. */
    static final Duration LEASE = Duration.ofMillis(500);

    private static final int MAX_CONCURRENT_REQUESTS = 32;

    private Worker() {}

    /**
     * Serves.
     *
     * @param args the mode, the sabotage or an empty text, and where the stores are
     * @throws IOException if there is no port for it
     */
    public static void main(String[] args) throws IOException {
        Breakpoints breakpoints = new Breakpoints(System.out);
        Thread commands = new Thread(() -> readCommands(breakpoints), "commands");
        commands.setDaemon(true);
        commands.start();

        Optional<Sabotage> sabotage = args[1].isEmpty() ? Optional.empty() : Optional.of(Sabotage.valueOf(args[1]));
        IdempotentHandler handler = Mode.valueOf(args[0])
                .handler(List.of(args).subList(2, args.length), breakpoints, sabotage)
                .withScope(exchange -> Optional.of(Scope.of("torture")));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(MAX_CONCURRENT_REQUESTS));
        server.createContext(Transfer.PATH, handler);
        server.start();
        System.out.println(ControlProtocol.READY + server.getAddress().getPort());
    }

    static IdempotencySettings settings() {
        return IdempotencySettings.defaults().withLease(LEASE);
    }

    private static void readCommands(Breakpoints breakpoints) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ControlProtocol.PAUSE_AT)) {
                    breakpoints.arm(Step.valueOf(line.substring(ControlProtocol.PAUSE_AT.length())));
                } else if (line.equals(ControlProtocol.RESUME)) {
                    breakpoints.resume();
                }
            }
        } catch (IOException gone) {
            System.err.println("the master has gone: " + gone);
        }
        Runtime.getRuntime().halt(0);
    }
}
