package dev.respite.http.exchange;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * The moment by which an attempt must have its whole response, body included. {@code HttpRequest.timeout} stops counting at
 * the headers before JDK 26; this does not.
 */
final class Deadline {

    private static final Duration MAX_DURATION = Duration.ofNanos(Long.MAX_VALUE);

    static final Deadline NONE = new Deadline(Optional.empty(), 0, TimeSource.system());

    private final Optional<Duration> limit;
    private final long start;
    private final TimeSource time;

    private Deadline(Optional<Duration> limit, long start, TimeSource time) {
        this.limit = limit;
        this.start = start;
        this.time = time;
    }

    static Deadline after(Optional<Duration> limit, TimeSource time) {
        return new Deadline(limit, limit.isPresent() ? time.nanoTime() : 0, time);
    }

    /** Returns the time that the attempt may take in all; empty if there is no limit. */
    Optional<Duration> limit() {
        return limit;
    }

    /** Returns the time that is left, in nanoseconds, not negative; so much where there is no limit, or more is left. */
    long within(long nanos) {
        return limit.isEmpty() ? nanos : Math.max(0, Math.min(nanos, remaining(limit.get())));
    }

    /** Returns whether the time is up. */
    boolean isOver() {
        return limit.isPresent() && remaining(limit.get()) <= 0;
    }

    /** Returns the time that is left, not negative; empty where there is no limit. */
    Optional<Duration> remaining() {
        return limit.map(all -> Duration.ofNanos(Math.max(0, remaining(all))));
    }

    /** Runs a task, which may block, when the time is up and a margin has passed; without a limit, never. */
    Future<?> schedule(Runnable task, long marginNanos) {
        return limit.<Future<?>>map(all ->
                        time.schedule(() -> time.executor().execute(task), Math.max(0, remaining(all)) + marginNanos))
                .orElseGet(CompletableFuture::new);
    }

    private long remaining(Duration all) {
        Duration bounded = all.compareTo(MAX_DURATION) < 0 ? all : MAX_DURATION;
        return bounded.toNanos() - (time.nanoTime() - start);
    }
}
