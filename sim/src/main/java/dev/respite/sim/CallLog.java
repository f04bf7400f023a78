package dev.respite.sim;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts the calls of all clients in a run. */
final class CallLog {

    private final SimTime time;
    private final Series.Counts begun = new Series.Counts();
    private final Series.Counts succeeded = new Series.Counts();
    private final Series.Counts succeededByStart = new Series.Counts();
    private final Histogram ofSuccesses = new Histogram(Latencies.MAX_MICROS, 3);
    private final Histogram ofAll = new Histogram(Latencies.MAX_MICROS, 3);
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
        long now = time.nanoTime();
        long micros = Math.min(Latencies.MAX_MICROS, (now - start) / 1_000);
        ofAll.recordValue(micros);
        if (failure == null) {
            succeeded.add(now);
            succeededByStart.add(start);
            ofSuccesses.recordValue(micros);
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

    /** Returns the calls that succeeded, by the seconds in which they began. */
    List<Double> succeededByStart(int seconds) {
        return succeededByStart.first(seconds);
    }

    /** Returns the durations of the calls. */
    SimulationResult.Times times() {
        return new SimulationResult.Times(Latencies.of(ofSuccesses, 0), Latencies.of(ofAll, pending));
    }
}
