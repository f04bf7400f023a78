package dev.respite.torture;

import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.IdempotentHandler;
import dev.respite.torture.cluster.Breakpoints;
import dev.respite.torture.cluster.ConnectionPool;
import dev.respite.torture.cluster.LocalServer;
import dev.respite.torture.run.TransferOrder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One worker process: the JDK's HTTP server, the idempotency guard, and the bank behind it. It ends with its parent process.
 */
final class Worker {

    /** Short, so that the keys of killed or paused owners are taken over during the run. */
    static final Duration LEASE = Duration.ofMillis(500);

    private static final int MAX_CONCURRENT_REQUESTS = 32;

    private Worker() {}

    /**
     * Runs the worker.
     *
     * @param args the mode, the sabotage or an empty text, whether the pool has auto-commit on, and the URLs of the stores
     * @throws IOException if no port is available
     */
    public static void main(String[] args) throws IOException {
        Breakpoints breakpoints = Breakpoints.ofThisProcess();
        Optional<Sabotage> sabotage = args[1].isEmpty() ? Optional.empty() : Optional.of(Sabotage.valueOf(args[1]));
        boolean autoCommit = Boolean.parseBoolean(args[2]);
        IdempotentHandler handler = Mode.valueOf(args[0])
                .handler(
                        url -> ConnectionPool.of(url, autoCommit),
                        List.of(args).subList(3, args.length),
                        breakpoints,
                        sabotage)
                .withSharedScope(exchange -> Optional.of(Scope.of("torture")));
        LocalServer.startWorker(TransferOrder.PATH, MAX_CONCURRENT_REQUESTS, handler);
    }

    static IdempotencySettings settings() {
        return IdempotencySettings.defaults().withLease(LEASE);
    }
}
