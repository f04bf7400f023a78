package dev.respite.benchmarks.stores;

import java.util.Locale;

/**
 * What one slice has measured.
 *
 * @param perSecond how often it was done in a second, by all threads together
 * @param p50 the median time, in nanoseconds
 * @param p99 the time that 99 of 100 keep within, in nanoseconds
 */
record StoreFigures(double perSecond, double p50, double p99) {

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,.0f/s, p50 %.1f us, p99 %.1f us", perSecond, p50 / 1e3, p99 / 1e3);
    }
}
