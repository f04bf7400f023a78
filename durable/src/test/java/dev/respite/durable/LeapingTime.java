package dev.respite.durable;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The time of the system, which a test can set ahead: a week passes at once. */
final class LeapingTime implements TimeSource.Forwarding {

    private final AtomicLong ahead = new AtomicLong();

    void leap(Duration by) {
        ahead.addAndGet(by.toNanos());
    }

    @Override
    public TimeSource delegate() {
        return TimeSource.system();
    }

    @Override
    public long nanoTime() {
        return delegate().nanoTime() + ahead.get();
    }

    @Override
    public Instant wallTime() {
        return delegate().wallTime().plusNanos(ahead.get());
    }
}
