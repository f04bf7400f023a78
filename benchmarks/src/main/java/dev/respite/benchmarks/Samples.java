package dev.respite.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** All iterations of one benchmark, over all its forks. Medians, since what disturbs a measurement only ever adds. */
final class Samples {

    private double[] nanos = {};
    private double[] bytes = {};

    void add(Collection<RunResult> fork) {
        for (RunResult result : fork) {
            for (BenchmarkResult benchmark : result.getBenchmarkResults()) {
                for (IterationResult iteration : benchmark.getIterationResults()) {
                    nanos = append(nanos, iteration.getPrimaryResult().getScore());
                    bytes = append(bytes, allocated(iteration).getScore());
                }
            }
        }
    }

    private static Result<?> allocated(IterationResult iteration) {
        return Objects.requireNonNull(iteration.getSecondaryResults().get("gc.alloc.rate.norm"), "no GC profile");
    }

    /** Nanoseconds per operation. */
    double nanos() {
        return median(nanos);
    }

    /** How far an iteration is from the median: the median of that. */
    double error() {
        double middle = nanos();
        return median(DoubleStream.of(nanos).map(n -> Math.abs(n - middle)).toArray());
    }

    /** Bytes allocated per operation. */
    double bytes() {
        return median(bytes);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f ±%.2f ns, %.1f B", nanos(), error(), bytes());
    }

    private static double[] append(double[] numbers, double number) {
        double[] longer = Arrays.copyOf(numbers, numbers.length + 1);
        longer[numbers.length] = number;
        return longer;
    }

    private static double median(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
