package dev.respite.torture.fault;

import dev.respite.torture.process.DaemonThreads;
import dev.respite.torture.process.RunDeadline;
import dev.respite.torture.store.StoreServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Injects faults into all workers and stores concurrently until the deadline. All connections and processes are restored at
 * its end.
 */
final class FaultInjector {

    private static final int FIRST_RESTART_MILLIS = 5_000;
    private static final int BETWEEN_RESTARTS_MILLIS = 5_000;

    /** No restart begins later than this before the deadline, since it would end after it. */
    private static final int LAST_RESTART_MILLIS = 2_000;

    private final List<WorkerHandle> workers;
    private final List<ProxiedStore> stores;
    private final FaultPlan plan;
    private final FaultCounts faults;

    /**
     * A store and its proxies.
     *
     * @param server the store
     * @param proxies the proxies to it, one for each worker
     */
    record ProxiedStore(StoreServer server, List<TcpProxy> proxies) {

        /** Returns the URL of the store, through the proxy of a worker. */
        String url(int worker) {
            return server.url(proxies.get(worker).port());
        }
    }

    FaultInjector(List<WorkerHandle> workers, List<ProxiedStore> stores, FaultPlan plan, FaultCounts faults) {
        this.workers = workers;
        this.stores = stores;
        this.plan = plan;
        this.faults = faults;
    }

    /** Injects faults, and returns when all are undone. */
    void injectUntil(RunDeadline deadline) throws IOException, InterruptedException {
        long seed = plan.seed();
        List<Step> kill = plan.steps().kill();
        KillTargets targets = new KillTargets(
                shuffled(kill, new Random(seed)), plan.steps().killFirst() ? Set.copyOf(kill) : Set.of());
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int index = 0; index < workers.size(); index++) {
            int at = index;
            List<TcpProxy> proxies =
                    stores.stream().map(store -> store.proxies().get(at)).toList();
            WorkerFaultInjector injector =
                    new WorkerFaultInjector(workers.get(at), proxies, targets, plan, faults, new Random(seed + 1 + at));
            tasks.add(() -> {
                injector.injectUntil(deadline);
                return null;
            });
        }
        if (plan.restartsStores()) {
            tasks.add(() -> {
                restartStores(deadline, new Random(seed));
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

    private void restartStores(RunDeadline deadline, Random random) throws IOException, InterruptedException {
        int wait = FIRST_RESTART_MILLIS;
        while (deadline.remaining().toMillis() > wait + LAST_RESTART_MILLIS) {
            TimeUnit.MILLISECONDS.sleep(wait);
            restart(stores.get(random.nextInt(stores.size())));
            wait = BETWEEN_RESTARTS_MILLIS + random.nextInt(BETWEEN_RESTARTS_MILLIS);
        }
    }

    private void restart(ProxiedStore store) throws IOException, InterruptedException {
        for (TcpProxy proxy : store.proxies()) {
            proxy.rejectConnections();
        }
        store.server().stop();
        store.server().restart();
        for (TcpProxy proxy : store.proxies()) {
            proxy.forwardTo(store.server().port());
        }
        faults.add(FaultCounts.Category.STORE_RESTART);
    }

    static <T> List<T> shuffled(List<T> all, Random random) {
        List<T> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }
}
