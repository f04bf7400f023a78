package dev.respite.sim;

import java.util.List;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/**
 * The durations of calls, of one run or of several together. It keeps each time to three digits. It is immutable.
 */
final class Latencies {

    /** The longest time that is distinguished from longer ones, in microseconds: a day. */
    static final long MAX_MICROS = 86_400_000_000L;

    /** In microseconds. */
    private final Histogram ended;

    private final long pending;

    private Latencies(Histogram ended, long pending) {
        this.ended = ended;
        this.pending = pending;
    }

    /**
     * Keeps times.
     *
     * @param micros the times of the calls that have ended, in microseconds; it must not change later
     * @param pending how many calls have not
     */
    static Latencies of(Histogram micros, long pending) {
        return new Latencies(micros, pending);
    }

    /** Returns the same in little memory. Packing takes as long as the run of a small scenario. */
    Latencies packed() {
        Histogram copy = new PackedHistogram(MAX_MICROS, 3);
        copy.add(ended);
        return new Latencies(copy, pending);
    }

    /** The calls of all runs together, at least one: each call counts as much as any other, whatever its run. */
    static Latencies of(List<Latencies> runs) {
        if (runs.size() == 1) {
            return runs.get(0);
        }
        // A packed histogram moves its counts whenever it grows.
        Histogram all = new Histogram(MAX_MICROS, 3);
        runs.forEach(run -> all.add(run.ended));
        return new Latencies(all, runs.stream().mapToLong(run -> run.pending).sum());
    }

    /** Returns how many calls there were, also those that had not ended when the run was over. */
    long calls() {
        return ended.getTotalCount() + pending;
    }

    /**
     * Returns the time that so many of a hundred calls did not exceed. A call that has not ended took longer than all others.
     *
     * @param percentile from 0 to 100
     * @return milliseconds; empty if there was no call, or if that call has not ended
     */
    OptionalDouble millis(double percentile) {
        double within =
                ended.getTotalCount() == 0 ? Double.POSITIVE_INFINITY : percentile * calls() / ended.getTotalCount();
        return calls() == 0 || within > 100
                ? OptionalDouble.empty()
                : OptionalDouble.of(ended.getValueAtPercentile(within) / 1e3);
    }
}
