package dev.respite.sim.report;

import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.Formats;
import dev.respite.sim.scenario.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The equal parts of time that a run is drawn in. Where calls begin in bursts they are 20 to 100 ms long, so that each wave of
 * retries is seen; elsewhere such short ones would show chance, and a chart has 60 to 150 of them.
 *
 * @param nanos how long each is
 * @param count how many there are until no call begins any more
 * @param inBursts whether calls begin in bursts
 */
record Bins(long nanos, int count, boolean inBursts) {

    private static final long MILLI = 1_000_000L;

    /** How many bins waves are drawn in at most, about one for each pixel; but see the longest. */
    private static final int MAX_OF_WAVES = 750;

    private static final int MAX = 150;
    private static final List<Long> OF_WAVES = List.of(20L, 50L, 100L);
    private static final List<Long> LENGTHS = List.of(1L, 2L, 5L);

    static Bins of(Scenario scenario) {
        long duration = scenario.duration().toNanos();
        boolean bursts =
                scenario.load().groups().stream().anyMatch(group -> group.arrivals() instanceof Arrivals.Burst);
        long nanos = bursts ? ofWaves(duration) : atLeast(duration / MAX);
        return new Bins(nanos, Math.toIntExact((duration + nanos - 1) / nanos), bursts);
    }

    private static long ofWaves(long duration) {
        return OF_WAVES.stream()
                .map(millis -> millis * MILLI)
                .filter(nanos -> duration <= nanos * MAX_OF_WAVES)
                .findFirst()
                .orElse(100 * MILLI);
    }

    /** The next of 20, 50, 100, 200, 500 ms, 1, 2, 5, 10 s and so on. */
    private static long atLeast(long nanos) {
        for (long power = 10 * MILLI; ; power *= 10) {
            for (long factor : LENGTHS) {
                if (factor * power >= Math.max(nanos, 20 * MILLI)) {
                    return factor * power;
                }
            }
        }
    }

    /** The bin of a time; it may be after the last. */
    int at(long time) {
        return (int) Math.min(Integer.MAX_VALUE, time / nanos);
    }

    double seconds() {
        return nanos / 1e9;
    }

    /** When the bins begin, in seconds. */
    List<Double> starts() {
        return IntStream.range(0, count)
                .mapToObj(bin -> (bin * (nanos / MILLI)) / 1e3)
                .toList();
    }

    /** What a count in a bin is multiplied by: waves are counted, anything else is a rate. */
    double scale() {
        return inBursts ? 1 : 1e9 / nanos;
    }

    /** The unit of what is counted. */
    String unit() {
        return inBursts ? "per " + length() : "per second";
    }

    /** As {@code 100 ms} or {@code 1 s}. */
    String length() {
        return nanos < 1_000 * MILLI ? Axis.label(nanos / (double) MILLI) + " ms" : Formats.number(nanos / 1e9) + " s";
    }

    Duration duration() {
        return Duration.ofNanos(nanos);
    }
}
