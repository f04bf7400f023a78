package dev.respite.http;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;

/** Another time source, but for a clock that leaps, and delays that are what a test wants them to be. */
final class LeapingTime implements TimeSource.Forwarding {

    private final TimeSource time;
    private final LongUnaryOperator delay;
    private final AtomicLong leaps = new AtomicLong();
    private final AtomicInteger waits = new AtomicInteger();

    LeapingTime(TimeSource time) {
        this(time, nanos -> nanos);
    }

    LeapingTime(TimeSource time, LongUnaryOperator delay) {
        this.time = time;
        this.delay = delay;
    }

    /** From now on it is so much later. */
    void leap(Duration ahead) {
        leaps.addAndGet(ahead.toNanos());
    }

    /** How many asynchronous calls have begun to wait. */
    int waits() {
        return waits.get();
    }

    @Override
    public long nanoTime() {
        return time.nanoTime() + leaps.get();
    }

    /** An asynchronous call is itself the task that waits. */
    @Override
    public Future<?> schedule(Task task, long delayNanos) {
        Future<?> set = time.schedule(task, delay.applyAsLong(delayNanos));
        if (task instanceof CompletableFuture) {
            waits.incrementAndGet();
        }
        return set;
    }

    @Override
    public TimeSource delegate() {
        return time;
    }
}
