package dev.respite.benchmarks.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/**
 * The figures of all rounds of each row, and the cells of a table in Markdown that are made from them.
 *
 * @param <R> the type of a row
 * @param <F> the figures of one round
 */
public final class Results<R, F> {

    private final Map<R, List<F>> rounds = new LinkedHashMap<>();

    /**
     * Adds a round.
     *
     * @param row the row
     * @param figures the figures
     */
    public void add(R row, F figures) {
        rounds.computeIfAbsent(row, unseen -> new ArrayList<>()).add(figures);
    }

    /**
     * Returns the rows, in the order in which they were first measured.
     *
     * @return the rows
     */
    public Set<R> rows() {
        return rounds.keySet();
    }

    /**
     * Returns the median of a figure over the rounds.
     *
     * @param row the row
     * @param figure the figure
     * @return the median
     */
    public double median(R row, ToDoubleFunction<F> figure) {
        return median(sorted(row, figure));
    }

    /**
     * Returns the median distance of a figure from its median.
     *
     * @param row the row
     * @param figure the figure
     * @return the median absolute deviation
     */
    public double deviation(R row, ToDoubleFunction<F> figure) {
        double middle = median(row, figure);
        return median(sorted(row, figures -> Math.abs(figure.applyAsDouble(figures) - middle)));
    }

    /**
     * Formats a figure as its median, its least and its greatest value.
     *
     * @param row the row
     * @param figure the figure
     * @param format the format of a number
     * @return a cell such as {@code 3.2 (2.9–3.4)}
     */
    public String spread(R row, ToDoubleFunction<F> figure, DoubleFunction<String> format) {
        return spread(sorted(row, figure), format);
    }

    /**
     * Formats the ratio of a figure to the same figure of another row: the median over the rounds, with the least and the
     * greatest. The two figures of a ratio are of the same round.
     *
     * @param row the row
     * @param reference the row that it is compared with
     * @param figure the figure
     * @return a cell, empty for the reference itself and if the reference was not measured
     */
    public String ratio(R row, R reference, ToDoubleFunction<F> figure) {
        if (row.equals(reference) || !rounds.containsKey(reference)) {
            return "";
        }
        double[] ratios = figures(row, figure);
        double[] divisors = figures(reference, figure);
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] /= divisors[round];
        }
        Arrays.sort(ratios);
        return spread(ratios, number -> String.format(Locale.ROOT, "%.2f", number));
    }

    /**
     * Returns the first cell of a table: the virtual machine and its processors.
     *
     * @return the cell
     */
    public static String machine() {
        return "JDK " + System.getProperty("java.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors";
    }

    private double[] figures(R row, ToDoubleFunction<F> figure) {
        return rounds.getOrDefault(row, List.of()).stream().mapToDouble(figure).toArray();
    }

    private double[] sorted(R row, ToDoubleFunction<F> figure) {
        double[] sorted = figures(row, figure);
        Arrays.sort(sorted);
        return sorted;
    }

    private static String spread(double[] sorted, DoubleFunction<String> format) {
        return format.apply(median(sorted)) + " (" + format.apply(sorted[0]) + "–"
                + format.apply(sorted[sorted.length - 1]) + ")";
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
