package dev.respite.torture.cluster;

import dev.respite.torture.cluster.WorkerHandle.Program;
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
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The stores and the workers of a run, with a proxy between each worker and each store. */
public final class WorkerFleet implements Closeable {

    private static final int WORKERS = 3;
    private static final Duration MAX_START = Duration.ofSeconds(30);
    private static final long PROGRESS_MILLIS = 5_000;

    /** The least time before a restart of a store. */
    private static final int MIN_RESTART_MILLIS = 5_000;

    /** No restart begins later than this before the deadline, since it would end after it. */
    private static final int LAST_RESTART_MILLIS = 2_000;

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

    /**
     * A store and its proxies.
     *
     * @param server the store
     * @param proxies the proxies to it, one for each worker
     */
    private record ProxiedStore(StoreServer server, List<TcpProxy> proxies) {}

    /**
     * Starts the workers, and waits until they are ready.
     *
     * @param programs returns the program of the worker with an index and the URLs of the stores, through its proxies
     */
    public void startWorkers(BiFunction<Integer, List<String>, Program> programs)
            throws IOException, InterruptedException {
        for (StoreServer server : stores) {
            proxied.add(new ProxiedStore(server, proxies(server)));
        }
        for (int index = 0; index < WORKERS; index++) {
            int at = index;
            List<String> urls = proxied.stream()
                    .map(store -> store.server().url(store.proxies().get(at).port()))
                    .toList();
            WorkerHandle worker =
                    WorkerHandle.start(programs.apply(index, urls), home.resolve("worker-" + index + ".log"));
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

    /** Returns the transfers whose effects have begun outside the store of their records and have not failed. */
    public Set<Integer> begunEffects() {
        return workers.stream()
                .flatMap(worker -> worker.begunEffects().stream())
                .collect(Collectors.toSet());
    }

    /** Returns the database of the bank. */
    public StoreServer bank() {
        return stores.get(stores.size() - 1);
    }

    /**
     * Injects faults into all workers and stores concurrently until the deadline, and reports the progress meanwhile. At its
     * end all connections and processes are restored.
     *
     * @param plan the faults
     * @param faults counts them
     * @param progress receives messages
     * @param load describes the load so far
     */
    public void injectUntil(
            RunDeadline deadline, FaultPlan plan, FaultCounts faults, PrintStream progress, Supplier<String> load)
            throws IOException, InterruptedException {
        DaemonThreads.repeat("progress", PROGRESS_MILLIS, () -> {
            if (!deadline.isOver()) {
                progress.println("torture: " + load.get() + ", " + faults);
            }
        });
        KillTargets targets = KillTargets.of(plan);
        ReadWriteLock exclusion = new ReentrantReadWriteLock(true);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int index = 0; index < WORKERS; index++) {
            int at = index;
            List<TcpProxy> proxies =
                    proxied.stream().map(store -> store.proxies().get(at)).toList();
            WorkerFaultInjector injector = new WorkerFaultInjector(
                    workers.get(at), proxies, targets, plan, faults, exclusion, new Random(plan.seed() + 1 + at));
            tasks.add(() -> {
                injector.injectUntil(deadline);
                return null;
            });
        }
        if (plan.restartsStores()) {
            tasks.add(() -> {
                restartStores(deadline, new Random(plan.seed()), faults, exclusion.readLock());
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(tasks.size(), DaemonThreads.named("fault-injector"));
        try {
            for (Future<Void> ended : threads.invokeAll(tasks)) {
                Void unused = ended.get();
            }
        } catch (ExecutionException failure) {
            throw new IOException("the fault injection failed", failure.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void restartStores(RunDeadline deadline, Random random, FaultCounts faults, Lock lock)
            throws IOException, InterruptedException {
        int wait = MIN_RESTART_MILLIS;
        while (deadline.remaining().toMillis() > wait + LAST_RESTART_MILLIS) {
            TimeUnit.MILLISECONDS.sleep(wait);
            ProxiedStore store = proxied.get(random.nextInt(proxied.size()));
            lock.lockInterruptibly();
            try {
                restart(store);
            } finally {
                lock.unlock();
            }
            faults.add(FaultCounts.Category.STORE_RESTART);
            wait = MIN_RESTART_MILLIS + random.nextInt(MIN_RESTART_MILLIS);
        }
    }

    private static void restart(ProxiedStore store) throws IOException, InterruptedException {
        store.proxies().forEach(TcpProxy::rejectConnections);
        store.server().stop();
        store.server().restart();
        store.proxies().forEach(proxy -> proxy.forwardTo(store.server().port()));
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
