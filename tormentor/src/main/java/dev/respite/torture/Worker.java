package dev.respite.torture;

import com.sun.net.httpserver.HttpServer;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.IdempotentHandler;
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

    private static final int MOST_AT_ONCE = 32;

    private Worker() {}

    /**
     * Serves.
     *
     * @param args the mode, the sabotage or an empty text, and where the stores are
     * @throws IOException if there is no port for it
     */
    public static void main(String[] args) throws IOException {
        Steps steps = new Steps(System.out);
        Thread master = new Thread(() -> obey(steps), "master");
        master.setDaemon(true);
        master.start();

        Optional<Sabotage> sabotage = args[1].isEmpty() ? Optional.empty() : Optional.of(Sabotage.valueOf(args[1]));
        IdempotentHandler handler = Mode.valueOf(args[0])
                .handler(List.of(args).subList(2, args.length), steps, sabotage)
                .withScope(exchange -> Optional.of(Scope.of("torture")));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(MOST_AT_ONCE));
        server.createContext(Transfer.PATH, handler);
        server.start();
        System.out.println(Words.READY + server.getAddress().getPort());
    }

    static IdempotencySettings settings() {
        return IdempotencySettings.defaults().withLease(LEASE);
    }

    private static void obey(Steps steps) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(Words.STOP_AT)) {
                    steps.stopAt(Step.valueOf(line.substring(Words.STOP_AT.length())));
                } else if (line.equals(Words.GO)) {
                    steps.go();
                }
            }
        } catch (IOException gone) {
            System.err.println("the master has gone: " + gone);
        }
        Runtime.getRuntime().halt(0);
    }
}
