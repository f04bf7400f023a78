package dev.respite.idempotency;

import dev.respite.time.TimeSource;
import java.time.Duration;

/** The delays with which one call polls a key that another call owns: jittered, from 5 ms, doubling up to 250 ms. */
final class PollingBackoff {

    private static final long FIRST_NANOS = Duration.ofMillis(5).toNanos();
    private static final long MAX_NANOS = Duration.ofMillis(250).toNanos();

    private final TimeSource time;
    private final long limitNanos;
    private final long startNanos;
    private long nextNanos = FIRST_NANOS;

    PollingBackoff(Duration limit, TimeSource time) {
        this.time = time;
        this.limitNanos = limit.toNanos();
        this.startNanos = limit.isZero() ? 0 : time.nanoTime();
    }

    /**
     * Waits for the next delay. Returns false if the limit is reached, or the thread was interrupted; the interrupt flag
     * stays set.
     */
    boolean waitOnce() {
        if (limitNanos == 0) {
            return false;
        }
        long remaining = limitNanos - (time.nanoTime() - startNanos);
        if (remaining <= 0) {
            return false;
        }
        long delay = Math.min(remaining, nextNanos / 2 + (long) (time.roll() * nextNanos / 2));
        nextNanos = Math.min(MAX_NANOS, nextNanos * 2);
        try {
            time.sleep(delay);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
