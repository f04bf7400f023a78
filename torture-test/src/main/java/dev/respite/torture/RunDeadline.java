package dev.respite.torture;

import java.time.Duration;

/**
 * A point in time at which work must end.
 *
 * @param nanos the point in time, on the scale of {@link System#nanoTime}
 */
record RunDeadline(long nanos) {

    static RunDeadline in(Duration time) {
        return new RunDeadline(System.nanoTime() + time.toNanos());
    }

    boolean isOver() {
        return remaining().isZero();
    }

    /** Returns the given time, or the remaining time if that is less. */
    Duration atMost(Duration time) {
        Duration remaining = remaining();
        return time.compareTo(remaining) < 0 ? time : remaining;
    }

    RunDeadline earlier(Duration time) {
        return new RunDeadline(nanos - time.toNanos());
    }

    RunDeadline later(Duration time) {
        return new RunDeadline(nanos + time.toNanos());
    }

    /** Returns the later of the two deadlines. */
    RunDeadline orAtLeast(RunDeadline other) {
        return nanos - other.nanos < 0 ? other : this;
    }

    /** Returns the remaining time; zero if the deadline is over. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }
}
