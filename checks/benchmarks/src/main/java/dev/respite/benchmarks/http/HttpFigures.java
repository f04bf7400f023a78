package dev.respite.benchmarks.http;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The figures of one slice.
 *
 * @param requests the number of responses
 * @param wallNanos time from the first request to the last response
 * @param cpuNanos CPU time of the client's process, with its compiler and its collector
 * @param bytes bytes that all threads of the client's process have allocated
 */
record HttpFigures(long requests, long wallNanos, long cpuNanos, long bytes) {

    double perSecond() {
        return requests * 1e9 / wallNanos;
    }

    double cpuMicros() {
        return cpuNanos / 1e3 / requests;
    }

    double bytesEach() {
        return (double) bytes / requests;
    }

    /** Parses the text of {@link #toLine()}. */
    static HttpFigures parse(String line) {
        long[] numbers = Pattern.compile(" ")
                .splitAsStream(line)
                .mapToLong(Long::parseLong)
                .toArray();
        return new HttpFigures(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /** One line, for the process that started this one. */
    String toLine() {
        return requests + " " + wallNanos + " " + cpuNanos + " " + bytes;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,.0f/s, %.1f us of CPU, %,.0f B", perSecond(), cpuMicros(), bytesEach());
    }
}
