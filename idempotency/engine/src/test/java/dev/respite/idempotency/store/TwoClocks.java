package dev.respite.idempotency.store;

import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/** A monotonic clock, and a wall clock that can be set apart from it. */
public final class TwoClocks implements TimeSource.Forwarding {

    private static final long MONOTONIC_START = Duration.ofDays(-100).toNanos();

    private final VirtualTime monotonic = new VirtualTime();
    private Duration wallAhead = Duration.ZERO;

    /** Lets time pass for both clocks. */
    public void advance(Duration time) {
        monotonic.advance(time);
    }

    /** Sets the wall clock forward or back. A suspend looks like a step forward. */
    public void stepWall(Duration step) {
        wallAhead = wallAhead.plus(step);
    }

    /** Does one of the things that happen to the clocks of a computer: time passes, or the wall clock is set. */
    public void randomStep(Random random) {
        switch (random.nextInt(6)) {
            case 0 -> stepWall(Duration.ofHours(random.nextInt(100)));
            case 1 -> stepWall(Duration.ofHours(random.nextInt(100)).negated());
            case 2 -> stepWall(Duration.ofMillis(random.nextInt(2_000) - 1_000));
            default -> advance(Duration.ofMillis(random.nextInt(20_000)));
        }
    }

    /** The monotonic clock has any beginning, as {@link System#nanoTime()} has. */
    @Override
    public long nanoTime() {
        return MONOTONIC_START + monotonic.nanoTime();
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
