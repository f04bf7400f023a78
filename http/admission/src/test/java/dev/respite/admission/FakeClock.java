package dev.respite.admission;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that a test advances. It starts below zero, as {@link System#nanoTime} may. */
final class FakeClock implements LongSupplier {

    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);

    void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Override
    public long getAsLong() {
        return nanos.get();
    }
}
