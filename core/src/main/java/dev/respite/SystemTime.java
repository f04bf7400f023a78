package dev.respite;

import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The clocks, the threads and the chance of this virtual machine.
 *
 * <p>It holds one of the two mutable statics of Respite: the timer. Timers are shared by the whole process because each
 * costs a thread; it is made when the first task is scheduled, and its thread is a daemon.
 */
final class SystemTime implements TimeSource {

    static final TimeSource INSTANCE = new SystemTime();

    private SystemTime() {}

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
    public Scheduled schedule(Runnable task, long delayNanos) {
        Future<?> future = Timer.SHARED.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
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
