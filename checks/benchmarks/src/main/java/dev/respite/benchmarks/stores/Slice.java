package dev.respite.benchmarks.stores;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Some threads that do one task over and over for a while, each as fast as it is answered. */
record Slice(int threads, long nanos) {

    StoreFigures run(Task task) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch ready = new CountDownLatch(threads);
            List<Future<Histogram>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int worker = i;
                running.add(pool.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return times(task, worker);
                }));
            }
            double perSecond = 0;
            Histogram all = new Histogram(3);
            for (Future<Histogram> one : running) {
                Histogram times = one.get();
                // The same over its own time alone: what a client has ready is not the store's affair.
                perSecond += 1e9 / times.getMean();
                all.add(times);
            }
            return new StoreFigures(perSecond, all.getValueAtPercentile(50), all.getValueAtPercentile(99));
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the measured operation has failed", failed.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private Histogram times(Task task, int worker) throws Exception {
        Histogram times = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        long end = System.nanoTime() + nanos;
        long now;
        do {
            Task.Step step = task.next(worker);
            long start = System.nanoTime();
            step.run();
            now = System.nanoTime();
            times.recordValue(now - start);
        } while (now < end);
        return times;
    }
}
