package dev.respite.time;

import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** The clocks, the threads and the randomness of this virtual machine. All of the process shares one timer. */
final class SystemTime implements TimeSource {

    /** The common pool; where that has no threads, a new thread for each task, as {@link CompletableFuture} has it. */
    static final Executor COMMON = ForkJoinPool.getCommonPoolParallelism() > 0
            ? ForkJoinPool.commonPool()
            : new CompletableFuture<Void>().defaultExecutor();

    static final TimeSource INSTANCE = new SystemTime(COMMON);

    private final Executor executor;

    SystemTime(Executor executor) {
        Objects.requireNonNull(executor, "executor");
        // A ForkJoinPool never runs a task on the thread that submits it.
        this.executor = executor == COMMON || executor instanceof ForkJoinPool
                ? executor
                : new OffTimerExecutor(executor, OwnThreads::isTimer, OwnThreads::runElsewhere);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return Instant.now();
    }

    /** Parks until the time has come: {@code Thread.sleep} rounds to milliseconds on JDK 17. */
    @Override
    public void sleep(long nanos) throws InterruptedException {
        if (nanos > 0) {
            park(nanos);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void park(long nanos) {
        long start = System.nanoTime();
        long left = nanos;
        while (left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, left);
            left = nanos - (System.nanoTime() - start);
        }
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        return OwnThreads.schedule(task, delayNanos);
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public double roll() {
        return ThreadLocalRandom.current().nextDouble();
    }
}
