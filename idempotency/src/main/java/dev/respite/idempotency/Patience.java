package dev.respite.idempotency;

import dev.respite.TimeSource;
import java.time.Duration;

/** How long one caller goes on asking for a key that another is at. */
final class Patience {

    private static final long FIRST_NANOS = Duration.ofMillis(5).toNanos();
    private static final long MOST_NANOS = Duration.ofMillis(250).toNanos();

    private final TimeSource time;
    private final long limitNanos;
    private final long startNanos;
    private long nextNanos = FIRST_NANOS;

    Patience(Duration limit, TimeSource time) {
        this.time = time;
        this.limitNanos = limit.toNanos();
        this.startNanos = limit.isZero() ? 0 : time.nanoTime();
    }

    /** Waits a little. False if there is no patience left, or the thread was interrupted: its flag is set again. */
    boolean waitALittle() {
        if (limitNanos == 0) {
            return false;
        }
        long left = limitNanos - (time.nanoTime() - startNanos);
        if (left <= 0) {
            return false;
        }
        long delay = Math.min(left, nextNanos / 2 + (long) (time.roll() * nextNanos / 2));
        nextNanos = Math.min(MOST_NANOS, nextNanos * 2);
        try {
            time.sleep(delay);
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
