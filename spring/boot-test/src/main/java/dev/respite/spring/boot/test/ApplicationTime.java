package dev.respite.spring.boot.test;

import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A virtual time for an application with threads of its own. The test lets it pass, but a test that blocks until an asynchronous
 * call ends cannot. A delay that another thread begins passes at once, and one of a parked test soon after.
 */
final class ApplicationTime implements TimeSource.Forwarding {

    /** The time for which a test may be parked before its own delays pass without it. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final TimeSource SYSTEM = TimeSource.system();

    private final VirtualTime virtual;
    private final Thread test = Thread.currentThread();

    /** A time that the current thread lets pass. */
    ApplicationTime(VirtualTime virtual) {
        this.virtual = virtual;
    }

    @Override
    public TimeSource delegate() {
        return virtual;
    }

    /** A timeout of another thread limits a client that works in the time of the system. */
    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        if (Thread.currentThread() == test) {
            Future<?> place = virtual.schedule(task, delayNanos);
            if (!(task instanceof Timeout)) {
                watch(place, virtual.nanoTime(), delayNanos);
            }
            return place;
        }
        if (task instanceof Timeout) {
            return SYSTEM.schedule(task, delayNanos);
        }
        FutureTask<@Nullable Void> passing = new FutureTask<>(task);
        TimeSource.runOnSpareThread(() -> {
            pass(delayNanos);
            passing.run();
        });
        return passing;
    }

    private void watch(Future<?> place, long since, long delayNanos) {
        Future<?> unused = SYSTEM.schedule(
                () -> {
                    if (!place.isDone() && isParked() && virtual.nanoTime() == since) {
                        TimeSource.runOnSpareThread(() -> pass(delayNanos));
                    }
                },
                PATIENCE.toNanos());
    }

    private boolean isParked() {
        Thread.State state = test.getState();
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }

    private synchronized void pass(long nanos) {
        virtual.advance(Duration.ofNanos(Math.max(0, nanos)));
    }

    @Override
    public Executor executor() {
        Executor ofTheTest = virtual.executor();
        return task -> (Thread.currentThread() == test ? ofTheTest : SYSTEM.executor()).execute(task);
    }
}
