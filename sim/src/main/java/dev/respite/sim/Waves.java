package dev.respite.sim;

import java.util.ArrayList;
import java.util.List;

/** The attempts after the first, of clients that failed together: how far apart they come, and how many at a time. */
final class Waves {

    private static final long TENTH = 100_000_000L;

    private final List<Wave> waves = new ArrayList<>();
    private final Series.Counts tenths = new Series.Counts();

    /** All the attempts with the same number. */
    private static final class Wave {
        private long first;
        private long last;
    }

    void add(int attempt, long now) {
        if (attempt < 2) {
            return;
        }
        tenths.set((int) (now / TENTH), 1);
        while (waves.size() < attempt - 1) {
            Wave begun = new Wave();
            begun.first = now;
            waves.add(begun);
        }
        waves.get(attempt - 2).last = now;
    }

    /** How long a wave lasts from its first to its last attempt, on average, in nanoseconds. */
    double meanSpread() {
        return waves.stream()
                .mapToLong(wave -> wave.last - wave.first)
                .average()
                .orElse(0);
    }

    /** The most attempts after the first within a tenth of a second. */
    long busiestTenth() {
        return tenths.peak();
    }
}
