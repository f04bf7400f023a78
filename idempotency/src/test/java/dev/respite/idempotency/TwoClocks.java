package dev.respite.idempotency;

import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;

/** A monotonic clock, and a wall clock that can be set apart from it. */
final class TwoClocks implements TimeSource.Forwarding {

    private final VirtualTime monotonic = new VirtualTime();
    private Duration wallAhead = Duration.ZERO;

    /** Lets time pass for both clocks. */
    void advance(Duration time) {
        monotonic.advance(time);
    }

    /** Sets the wall clock forward or back. A suspend looks like a step forward. */
    void stepWall(Duration step) {
        wallAhead = wallAhead.plus(step);
    }

    @Override
    public Instant wallTime() {
        return monotonic.wallTime().plus(wallAhead);
    }

    @Override
    public TimeSource delegate() {
        return monotonic;
    }
}
