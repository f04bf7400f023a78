package dev.respite.benchmarks.stores;

import java.util.Locale;

/**
 * The figures of one slice.
 *
 * @param perSecond operations a second of all threads together
 * @param p50 the median time, in nanoseconds
 * @param p99 the time that 99 of 100 keep within, in nanoseconds
 */
record StoreFigures(double perSecond, double p50, double p99) {

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,.0f/s, p50 %.1f us, p99 %.1f us", perSecond, p50 / 1e3, p99 / 1e3);
    }
}
