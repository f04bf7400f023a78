package dev.respite.benchmarks.scale;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** One figure over all rounds. */
record Spread(double least, double median, double greatest) {

    static Spread of(List<ScaleFigures> rounds, ToDoubleFunction<ScaleFigures> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }
}
