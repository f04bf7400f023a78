package dev.respite.time;

import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/** {@link SystemTime} with one thread, which cannot wait: it has clocks and chance. Runs of the simulator have their own time. */
final class SystemTimeInBrowser implements TimeSource {

    static final Executor COMMON = Runnable::run;

    static final TimeSource INSTANCE = new SystemTimeInBrowser(COMMON);

    private final Executor executor;

    SystemTimeInBrowser(Executor executor) {
        this.executor = executor;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant wallTime() {
        return Instant.now();
    }

    @Override
    public void sleep(long nanos) {
        throw noThreads();
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        throw noThreads();
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public double roll() {
        return Math.random();
    }

    private static UnsupportedOperationException noThreads() {
        return new UnsupportedOperationException("the lab has one thread, which cannot wait: use VirtualTime");
    }
}
