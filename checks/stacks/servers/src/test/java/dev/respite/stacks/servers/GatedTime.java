package dev.respite.stacks.servers;

import dev.respite.time.TimeSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The system's time, but a delay of a second or more lasts until the test {@linkplain #endOne() ends} it. So all calls
 * of a test wait at the same moment, however slow the machine is, and no test waits for a clock.
 */
final class GatedTime implements TimeSource.Forwarding {

    private static final long MIN_GATED_NANOS = 1_000_000_000L;

    private final TimeSource system = TimeSource.system();
    private final BlockingQueue<Runnable> delays = new LinkedBlockingQueue<>();
    private final Runnable onDelay;

    GatedTime() {
        this(() -> {});
    }

    /** A time that calls back when a delay has begun. */
    GatedTime(Runnable onDelay) {
        this.onDelay = onDelay;
    }

    /** How many delays last. */
    int delays() {
        return delays.size();
    }

    /** Ends the delay that began first. */
    void endOne() throws InterruptedException {
        delays.take().run();
    }

    @Override
    public void sleep(long nanos) throws InterruptedException {
        if (nanos < MIN_GATED_NANOS) {
            system.sleep(nanos);
            return;
        }
        CountDownLatch ended = new CountDownLatch(1);
        begin(ended::countDown);
        ended.await();
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        if (delayNanos < MIN_GATED_NANOS) {
            return system.schedule(task, delayNanos);
        }
        FutureTask<Void> later = new FutureTask<>(task, null);
        begin(later);
        return later;
    }

    private void begin(Runnable end) {
        delays.add(end);
        onDelay.run();
    }

    @Override
    public TimeSource delegate() {
        return system;
    }
}
