package dev.respite;

import java.time.Instant;

/**
 * The seam to the world: time, waiting, and chance. Whatever in Respite reads a clock, waits or draws a number does so
 * here, so that all of it can be replaced at once, by {@link VirtualTime} for example.
 *
 * <p>Implementations are safe for use by any number of threads, unless they say otherwise.
 */
public interface TimeSource {

    /**
     * A monotonic clock.
     *
     * @return nanoseconds since some fixed moment; only differences mean anything
     */
    long nanoTime();

    /**
     * The wall clock, for dates in protocols only: it can be set, so no duration is measured by it.
     *
     * @return the time of day
     */
    Instant wallTime();

    /**
     * Waits.
     *
     * @param nanos how long, in nanoseconds, at least; 0 or less returns at once, unless the thread is interrupted
     * @throws InterruptedException if the thread is or gets interrupted; the flag is cleared
     */
    void sleep(long nanos) throws InterruptedException;

    /**
     * Runs a task later, without holding a thread until then.
     *
     * @param task the task; short, since others wait behind it
     * @param delayNanos how long from now, in nanoseconds; 0 or less is as soon as possible
     * @return what takes the task back
     */
    Scheduled schedule(Runnable task, long delayNanos);

    /**
     * Draws a number.
     *
     * @return uniformly from [0, 1)
     */
    double roll();

    /** A task that waits for its time. */
    @FunctionalInterface
    interface Scheduled {

        /** Takes the task back. A task that has begun is not disturbed. */
        void cancel();
    }

    /**
     * The clocks, the threads and the chance of this virtual machine.
     *
     * @return the time source
     */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }
}
