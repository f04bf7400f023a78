package dev.respite;

import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The clocks, the threads and the chance of this virtual machine.
 *
 * <p>It holds one of the two mutable statics of Respite: the timer. Timers are shared by the whole process because each
 * costs a thread; it is made when the first task is scheduled, and its thread is a daemon.
 */
final class SystemTime implements TimeSource {

    /** The common pool; where that has no threads, a new thread for each task, as {@link CompletableFuture} has it. */
    static final Executor COMMON = ForkJoinPool.getCommonPoolParallelism() > 0
            ? ForkJoinPool.commonPool()
            : new CompletableFuture<Void>().defaultExecutor();

    static final TimeSource INSTANCE = new SystemTime(COMMON);

    private final Executor executor;

    SystemTime(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
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
        return Timer.SHARED.schedule((Callable<@Nullable Void>) task, delayNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public double roll() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /** Made when it is first needed. */
    private static final class Timer {
        static final ScheduledThreadPoolExecutor SHARED = make();

        private static ScheduledThreadPoolExecutor make() {
            ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
                Thread thread = new Thread(task, "respite-timer");
                thread.setDaemon(true);
                return thread;
            });
            timer.setRemoveOnCancelPolicy(true);
            return timer;
        }
    }
}
