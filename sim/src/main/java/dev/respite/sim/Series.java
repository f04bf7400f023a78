package dev.respite.sim;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The counts of a run in each of its seconds; the first number of each list is of the first second.
 *
 * @param calls calls that began
 * @param requests requests that came to the service in focus, whether it could take them or not
 * @param goodput calls that succeeded in the second
 * @param successes calls that began in the second and succeeded, then or later
 * @param queue how many requests waited at the end of the second
 * @param budget how many more retries of ordinary errors the clients' budgets would have granted at the end of the second, on
 *     average; infinite where there is no budget
 * @param overloadBudget the same for retries of overload signals, such as timeouts
 */
public record Series(
        List<Double> calls,
        List<Double> requests,
        List<Double> goodput,
        List<Double> successes,
        List<Double> queue,
        List<Double> budget,
        List<Double> overloadBudget) {

    /** Copies the lists. */
    public Series {
        calls = List.copyOf(calls);
        requests = List.copyOf(requests);
        goodput = List.copyOf(goodput);
        successes = List.copyOf(successes);
        queue = List.copyOf(queue);
        budget = List.copyOf(budget);
        overloadBudget = List.copyOf(overloadBudget);
    }

    /** Counts what happens in each second. */
    static final class Counts {

        private static final long SECOND = 1_000_000_000L;

        private long[] counts = new long[64];

        void add(long nanos) {
            set((int) (nanos / SECOND), 1);
        }

        void set(int second, long more) {
            if (second >= counts.length) {
                counts = Arrays.copyOf(counts, Math.max(second + 1, counts.length * 2));
            }
            counts[second] += more;
        }

        /** The count of a second; 0 in those that nothing was counted in. */
        long of(int second) {
            return second < counts.length ? counts[second] : 0;
        }

        long total(int from, int to) {
            return IntStream.range(from, to).mapToLong(this::of).sum();
        }

        List<Double> first(int seconds) {
            return IntStream.range(0, seconds)
                    .mapToObj(second -> (double) of(second))
                    .toList();
        }

        long peak() {
            return Arrays.stream(counts).max().orElse(0);
        }
    }
}
