package dev.respite.benchmarks.scale;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The figures of one round.
 *
 * @param bytes live heap for each call that waits, in bytes
 * @param p50 the median lateness, in milliseconds
 * @param p99 the lateness that 99 of 100 calls keep within, in milliseconds
 * @param cpu processor time of the whole process without the measurement of the heap, in seconds
 */
record ScaleFigures(double bytes, double p50, double p99, double cpu) {

    /** Parses the text of {@link #toLine()}. */
    static ScaleFigures parse(String line) {
        double[] numbers = Pattern.compile(" ")
                .splitAsStream(line)
                .mapToDouble(Double::parseDouble)
                .toArray();
        return new ScaleFigures(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /** One line, for the process that started this one. */
    String toLine() {
        return bytes + " " + p50 + " " + p99 + " " + cpu;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1f B, lateness %.2f / %.2f ms, %.1f s of CPU", bytes, p50, p99, cpu);
    }
}
