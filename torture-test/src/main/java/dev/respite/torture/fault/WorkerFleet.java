package dev.respite.torture.fault;

import dev.respite.torture.fault.FaultInjector.ProxiedStore;
import dev.respite.torture.fault.WorkerHandle.Program;
import dev.respite.torture.process.DaemonThreads;
import dev.respite.torture.process.RunDeadline;
import dev.respite.torture.store.StoreServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The stores and the workers of a run, with a proxy between each worker and each store. */
public final class WorkerFleet implements Closeable {

    private static final int WORKERS = 3;
    private static final Duration MAX_START = Duration.ofSeconds(30);
    private static final long PROGRESS_MILLIS = 5_000;

    private final Path home;
    private final List<StoreServer> stores;
    private final Deque<Closeable> open = new ArrayDeque<>();
    private final List<ProxiedStore> proxied = new ArrayList<>();
    private final List<WorkerHandle> workers = new ArrayList<>();

    /**
     * Creates a fleet without workers. The stores are closed with it.
     *
     * @param home the directory for logs
     * @param stores the stores, which run; the last one is the database of the bank
     */
    public WorkerFleet(Path home, List<StoreServer> stores) {
        this.home = home;
        this.stores = stores;
        stores.forEach(open::push);
    }

    /** Decides what each worker runs. */
    @FunctionalInterface
    public interface Programs {

        /**
         * Returns the program of a worker.
         *
         * @param index the index of the worker
         * @param urls the URLs of the stores, through its proxies
         */
        Program of(int index, List<String> urls);
    }

    /** Starts the workers, and waits until they are ready. */
    public void startWorkers(Programs programs) throws IOException, InterruptedException {
        for (StoreServer server : stores) {
            proxied.add(new ProxiedStore(server, proxies(server)));
        }
        for (int index = 0; index < WORKERS; index++) {
            int at = index;
            List<String> urls = proxied.stream().map(store -> store.url(at)).toList();
            WorkerHandle worker =
                    WorkerHandle.start(programs.of(index, urls), home.resolve("worker-" + index + ".log"));
            open.push(worker);
            workers.add(worker);
        }
        for (WorkerHandle worker : workers) {
            if (!worker.isReadyWithin(MAX_START)) {
                throw new IOException("a worker was not ready within " + MAX_START + "; its output is in " + home);
            }
        }
    }

    /** Opens a proxy for each worker, so that the connections of one worker can be reset alone. */
    private List<TcpProxy> proxies(StoreServer server) throws IOException {
        List<TcpProxy> proxies = new ArrayList<>();
        for (int index = 0; index < WORKERS; index++) {
            TcpProxy proxy = TcpProxy.open("store-proxy");
            open.push(proxy);
            proxy.forwardTo(server.port());
            proxies.add(proxy);
        }
        return proxies;
    }

    /** Returns the workers. */
    public List<WorkerHandle> workers() {
        return workers;
    }

    /** Returns the URIs of the workers with this path. */
    public List<URI> uris(String path) {
        return workers.stream().map(worker -> worker.uri(path)).toList();
    }

    /** Returns the database of the bank. */
    public StoreServer bank() {
        return stores.get(stores.size() - 1);
    }

    /**
     * Injects faults until the deadline, and reports the progress meanwhile.
     *
     * @param plan the faults
     * @param faults counts them
     * @param progress receives messages
     * @param load describes the load so far
     */
    public void injectUntil(
            RunDeadline deadline, FaultPlan plan, FaultCounts faults, PrintStream progress, Supplier<String> load)
            throws IOException, InterruptedException {
        DaemonThreads.named("progress")
                .newThread(() -> {
                    try {
                        while (!deadline.isOver()) {
                            TimeUnit.MILLISECONDS.sleep(PROGRESS_MILLIS);
                            progress.println("torture: " + load.get() + ", " + faults);
                        }
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
        new FaultInjector(workers, proxied, plan, faults).injectUntil(deadline);
    }

    /** Kills all workers. */
    public void kill() throws InterruptedException {
        for (WorkerHandle worker : workers) {
            worker.kill();
        }
    }

    /** Closes everything that was started, in reverse order. */
    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
