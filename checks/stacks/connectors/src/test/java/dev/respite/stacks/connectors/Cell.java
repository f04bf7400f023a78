package dev.respite.stacks.connectors;

import dev.respite.http.faulty.FaultyServer.Received;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What one call has done.
 *
 * @param requests its requests at the server
 * @param elsewhere the number of its requests at the server that redirects lead to
 * @param result the returned value, or the text of the failure
 * @param end when it ended, by {@link System#nanoTime}
 */
record Cell(List<Received> requests, int elsewhere, String result, long end) {

    /** Returns the longest time from a request to the next one. */
    long longestGapMillis() {
        LongStream gaps = IntStream.range(1, requests.size())
                .mapToLong(i -> requests.get(i).nanos() - requests.get(i - 1).nanos());
        return TimeUnit.NANOSECONDS.toMillis(gaps.max().orElse(0));
    }

    /** Returns the time from the last request to the end of the call. */
    long lastMillis() {
        return TimeUnit.NANOSECONDS.toMillis(
                end - requests.get(requests.size() - 1).nanos());
    }
}
