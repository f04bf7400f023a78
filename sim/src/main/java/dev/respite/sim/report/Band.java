package dev.respite.sim.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Numbers of several runs: the mean, and the range that they lie in.
 *
 * @param mean the means
 * @param low the lowest of each
 * @param high the highest of each
 */
record Band(List<Double> mean, List<Double> low, List<Double> high) {

    /** The numbers of at least one run, all of the same length. */
    static Band of(Collection<double[]> runs) {
        int length = runs.iterator().next().length;
        List<Double> mean = new ArrayList<>(length);
        List<Double> low = new ArrayList<>(length);
        List<Double> high = new ArrayList<>(length);
        for (int at = 0; at < length; at++) {
            double sum = 0;
            double least = Double.POSITIVE_INFINITY;
            double most = Double.NEGATIVE_INFINITY;
            for (double[] run : runs) {
                sum += run[at];
                least = Math.min(least, run[at]);
                most = Math.max(most, run[at]);
            }
            mean.add(sum / runs.size());
            low.add(least);
            high.add(most);
        }
        return new Band(mean, low, high);
    }

    double most() {
        return high.stream().mapToDouble(number -> number).max().orElse(0);
    }

    /** The first of the numbers. */
    Band first(int count) {
        return new Band(mean.subList(0, count), low.subList(0, count), high.subList(0, count));
    }

    /** How many numbers there are until the last that is not 0. */
    int lengthOfActivity() {
        int length = high.size();
        while (length > 0 && high.get(length - 1) == 0) {
            length--;
        }
        return length;
    }

    boolean isFinite() {
        return high.stream().noneMatch(number -> number.isInfinite());
    }
}
