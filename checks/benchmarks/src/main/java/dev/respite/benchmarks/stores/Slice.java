package dev.respite.benchmarks.stores;

import dev.respite.idempotency.IdempotentCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Some threads that repeat one task for a while, each as fast as it is answered. */
record Slice(Operation operation, List<StoreCalls> calls, int threads, long nanos) {

    /** Returns the operations a second of all threads together. */
    double perSecond(Task task) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch ready = new CountDownLatch(threads);
            List<Future<Double>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int worker = i;
                running.add(pool.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return perSecond(task, worker);
                }));
            }
            double perSecond = 0;
            for (Future<Double> one : running) {
                perSecond += one.get();
            }
            return perSecond;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the measured operation has failed", failed.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    /** The time in which a client prepares its request does not count. */
    private double perSecond(Task task, int worker) throws Exception {
        long end = System.nanoTime() + nanos;
        long runs = 0;
        long busy = 0;
        long now;
        do {
            IdempotentCall call = operation.next(calls.get(worker));
            long start = System.nanoTime();
            task.run(worker, call);
            now = System.nanoTime();
            busy += now - start;
            runs++;
        } while (now < end);
        return runs * 1e9 / busy;
    }
}
