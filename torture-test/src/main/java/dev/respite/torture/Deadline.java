package dev.respite.torture;

import java.time.Duration;

/**
 * A point in time at which work must end.
 *
 * @param nanos the point in time, on the scale of {@link System#nanoTime}
 */
record Deadline(long nanos) {

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    boolean isOver() {
        return remaining().isZero();
    }

    /** Returns the given time, or the remaining time if that is less. */
    Duration atMost(Duration time) {
        Duration remaining = remaining();
        return time.compareTo(remaining) < 0 ? time : remaining;
    }

    Deadline earlier(Duration time) {
        return new Deadline(nanos - time.toNanos());
    }

    Deadline later(Duration time) {
        return new Deadline(nanos + time.toNanos());
    }

    /** Returns the later of the two deadlines. */
    Deadline orAtLeast(Deadline other) {
        return nanos - other.nanos < 0 ? other : this;
    }

    /** Returns the remaining time; zero if the deadline is over. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }
}
