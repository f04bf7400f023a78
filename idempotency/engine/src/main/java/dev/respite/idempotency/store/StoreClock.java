package dev.respite.idempotency.store;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The clock of a store in memory. It advances with the monotonic clock, and steps forward when the wall clock is ahead of
 * it.
 *
 * <p>It never goes backwards and never advances less than the monotonic clock. At each reading it is at most {@link
 * #TOLERANCE} behind the wall clock. Without the steps it would permanently stay behind by the length of each suspend, in
 * which the monotonic clock of most systems stands still, and by each correction of a wall clock that was late when the
 * process started.
 *
 * <p>Safe for use by any number of threads.
 */
final class StoreClock {

    /** Smaller differences arise because two clocks are read one after the other. */
    static final Duration TOLERANCE = Duration.ofMillis(100);

    private static final Duration MAX_STEP = Duration.ofNanos(Long.MAX_VALUE);

    private final TimeSource time;
    private final long startNanos;
    private final Instant start;

    /** The sum of all steps, in nanoseconds. It only grows. */
    private final AtomicLong stepped = new AtomicLong();

    /**
     * One reading.
     *
     * @param now the time of this clock
     * @param stepped the sum of all steps so far, in nanoseconds. The difference between two readings is what the clock has
     *     advanced beyond the monotonic clock
     */
    record Reading(Instant now, long stepped) {}

    StoreClock(TimeSource time) {
        this.time = time;
        this.startNanos = time.nanoTime();
        this.start = time.wallTime();
    }

    Instant start() {
        return start;
    }

    Reading read() {
        // The wall clock first: a pause between the two readings must not look like a step.
        Instant wall = time.wallTime();
        Instant unstepped = unstepped(time.nanoTime());
        Duration behind = Duration.between(unstepped.plusNanos(stepped.get()), wall);
        long sum = behind.compareTo(TOLERANCE) > 0
                ? stepped.accumulateAndGet(nanos(Duration.between(unstepped, wall)), Math::max)
                : stepped.get();
        return new Reading(unstepped.plusNanos(sum), sum);
    }

    /**
     * Returns the time of this clock at a reading of the monotonic clock.
     *
     * @param nanos the monotonic clock
     * @param sum the sum of the steps until then, in nanoseconds
     */
    Instant at(long nanos, long sum) {
        return unstepped(nanos).plusNanos(sum);
    }

    private Instant unstepped(long nanos) {
        return start.plusNanos(nanos - startNanos);
    }

    private static long nanos(Duration step) {
        return step.compareTo(MAX_STEP) < 0 ? step.toNanos() : Long.MAX_VALUE;
    }
}
