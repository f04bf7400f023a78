package dev.respite.grpc;

import dev.respite.testsupport.RealTime;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A time in which each delay lasts until a test ends it, on any thread. Its clock stands still but for the delays. */
final class HeldTime implements TimeSource.Forwarding {

    private final BlockingQueue<Delay> delays = new LinkedBlockingQueue<>();
    private final AtomicLong now = new AtomicLong();

    /** A delay that has begun. */
    record Delay(HeldTime time, Task task, Duration length, Future<?> future) {

        /** Lets the time of the delay pass. */
        void end() {
            time.now.addAndGet(length.toNanos());
            if (!future.isCancelled()) {
                task.run();
            }
        }

        /** Ends the delay as the shutdown of a scheduler does. */
        void reject() {
            task.rejected();
        }
    }

    @Override
    public TimeSource delegate() {
        return TimeSource.system();
    }

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public double roll() {
        return 0;
    }

    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        Delay delay = new Delay(this, task, Duration.ofNanos(delayNanos), new CompletableFuture<>());
        delays.add(delay);
        return delay.future();
    }

    /** Waits for the next delay to begin. */
    Delay next() throws InterruptedException {
        Delay begun = delays.poll(RealTime.patience().toSeconds(), TimeUnit.SECONDS);
        if (begun == null) {
            throw new AssertionError("no delay has begun");
        }
        return begun;
    }

    /** Ends each delay until a result is there. */
    void endUntil(Future<?> result) throws InterruptedException {
        while (!result.isDone()) {
            Delay begun = delays.poll(10, TimeUnit.MILLISECONDS);
            if (begun != null) {
                begun.end();
            }
        }
    }

    boolean hasNone() {
        return delays.isEmpty();
    }
}
