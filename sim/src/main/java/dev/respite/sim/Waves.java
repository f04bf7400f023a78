package dev.respite.sim;

import java.util.ArrayList;
import java.util.List;

/** The attempts after the first, of clients that failed together: how far apart they come, and how many at a time. */
final class Waves {

    private static final long TENTH = 100_000_000L;

    private final boolean inBursts;
    private final List<List<Wave>> bursts = new ArrayList<>();
    private final Series.Counts tenths = new Series.Counts();
    private long begun;

    /** All the attempts with the same number, of calls that began together. */
    private static final class Wave {
        private long first;
        private long last;
    }

    /**
     * Waves.
     *
     * @param inBursts whether calls that begin at the same moment belong together; else all do
     */
    Waves(boolean inBursts) {
        this.inBursts = inBursts;
    }

    /** A call begins: the number of its burst. */
    int begin(long now) {
        if (bursts.isEmpty() || (inBursts && now != begun)) {
            bursts.add(new ArrayList<>(0));
            begun = now;
        }
        return bursts.size() - 1;
    }

    void add(int burst, int attempt, long now) {
        if (attempt < 2) {
            return;
        }
        tenths.set((int) (now / TENTH), 1);
        List<Wave> waves = bursts.get(burst);
        while (waves.size() < attempt - 1) {
            Wave begins = new Wave();
            begins.first = now;
            waves.add(begins);
        }
        waves.get(attempt - 2).last = now;
    }

    /** Returns the time from the first to the last attempt of a wave, on average, in nanoseconds. */
    double meanSpread() {
        return bursts.stream()
                .flatMap(List::stream)
                .mapToLong(wave -> wave.last - wave.first)
                .average()
                .orElse(0);
    }

    /** The most attempts after the first within a tenth of a second. */
    long peakRetriesPer100ms() {
        return tenths.peak();
    }
}
