package dev.respite.torture.cluster;

import java.time.Duration;

/**
 * A point in time at which work must end.
 *
 * @param nanos the point in time, on the scale of {@link System#nanoTime}
 */
public record RunDeadline(long nanos) {

    public static RunDeadline in(Duration time) {
        return new RunDeadline(System.nanoTime() + time.toNanos());
    }

    public boolean isOver() {
        return remaining().isZero();
    }

    /** Returns the given time, or the remaining time if that is less. */
    public Duration atMost(Duration time) {
        Duration remaining = remaining();
        return time.compareTo(remaining) < 0 ? time : remaining;
    }

    public RunDeadline earlier(Duration time) {
        return new RunDeadline(nanos - time.toNanos());
    }

    public RunDeadline later(Duration time) {
        return new RunDeadline(nanos + time.toNanos());
    }

    /** Returns the later of the two deadlines. */
    public RunDeadline orAtLeast(RunDeadline other) {
        return nanos - other.nanos < 0 ? other : this;
    }

    /** Returns the remaining time; zero if the deadline is over. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }
}
