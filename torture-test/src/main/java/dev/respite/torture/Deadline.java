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

    /** A time, or what is left if that is less. */
    Duration atMost(Duration time) {
        Duration left = left();
        return time.compareTo(left) < 0 ? time : left;
    }

    Deadline earlier(Duration time) {
        return new Deadline(nanos - time.toNanos());
    }

    Deadline later(Duration time) {
        return new Deadline(nanos + time.toNanos());
    }

    /** This one, or the other if that is later. */
    Deadline orAtLeast(Deadline other) {
        return nanos - other.nanos < 0 ? other : this;
    }

    /** None, if it is over. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }
}
