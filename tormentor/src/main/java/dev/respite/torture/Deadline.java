package dev.respite.torture;

import java.time.Duration;

/**
 * A moment after which there is no more time.
 *
 * @param nanos that moment, as {@link System#nanoTime} counts
 */
record Deadline(long nanos) {

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    boolean isOver() {
        return left().isZero();
    }

    /** None, if it is over. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }
}
