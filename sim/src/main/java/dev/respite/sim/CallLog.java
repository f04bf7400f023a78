package dev.respite.sim;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts the calls of all clients in a run. */
final class CallLog {

    /** The longest latency that is distinguished from longer ones, in microseconds: a day. */
    private static final long LONGEST = 86_400_000_000L;

    private final SimTime time;
    private final Series.Counts begun = new Series.Counts();
    private final Series.Counts succeeded = new Series.Counts();
    private final Histogram latencies = new Histogram(LONGEST, 3);
    private long pending;

    CallLog(SimTime time) {
        this.time = time;
    }

    /** A call begins: the time. */
    long begin() {
        long start = time.nanoTime();
        begun.add(start);
        pending++;
        return start;
    }

    void ended(long start, @Nullable Throwable failure) {
        pending--;
        if (failure == null) {
            long now = time.nanoTime();
            succeeded.add(now);
            latencies.recordValue(Math.min(LONGEST, (now - start) / 1_000));
        }
    }

    boolean arePending() {
        return pending > 0;
    }

    List<Double> begun(int seconds) {
        return begun.first(seconds);
    }

    List<Double> succeeded(int seconds) {
        return succeeded.first(seconds);
    }

    /** How long calls took that succeeded, in microseconds. */
    Histogram latencies() {
        return latencies;
    }
}
