package dev.respite.benchmarks.stores;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** The results as one table in Markdown: medians over the rounds. */
final class StoresTable {

    private final Map<StoreRow, List<StoreFigures>> results;

    private StoresTable(Map<StoreRow, List<StoreFigures>> results) {
        this.results = results;
    }

    static String of(Map<StoreRow, List<StoreFigures>> results) {
        return new StoresTable(results).write();
    }

    private String write() {
        StringBuilder table = new StringBuilder();
        String jdk = "JDK " + System.getProperty("java.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors";
        table.append("| ").append(jdk);
        table.append(" | threads | | per s | p50 µs | p99 µs | Respite's time ÷ this (least–most) |\n");
        table.append("|---|---:|---|---:|---:|---:|---:|\n");
        results.keySet().forEach(row -> table.append(line(row)));
        return table.toString();
    }

    private String line(StoreRow row) {
        List<StoreFigures> rounds = figures(row);
        return String.format(
                Locale.ROOT,
                "| %s, %s | %d | %s | %s | %s | %s | %s |%n",
                row.store().label(),
                row.operation(),
                row.threads(),
                row.who(),
                number(median(rounds, StoreFigures::perSecond)),
                number(median(rounds, StoreFigures::p50) / 1e3),
                number(median(rounds, StoreFigures::p99) / 1e3),
                row.isFloor() ? ratio(row) : "");
    }

    /** Of rates: half as many in a second is twice the time for each. */
    private String ratio(StoreRow floor) {
        List<StoreFigures> ours = figures(floor.respite());
        List<StoreFigures> theirs = figures(floor);
        double[] ratios = new double[theirs.size()];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = theirs.get(round).perSecond() / ours.get(round).perSecond();
        }
        Arrays.sort(ratios);
        return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", median(ratios), ratios[0], ratios[ratios.length - 1]);
    }

    private List<StoreFigures> figures(StoreRow row) {
        return Objects.requireNonNull(results.get(row));
    }

    private static double median(List<StoreFigures> rounds, ToDoubleFunction<StoreFigures> figure) {
        return median(rounds.stream().mapToDouble(figure).sorted().toArray());
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, number < 10 ? "%.2f" : number < 100 ? "%.1f" : "%,.0f", number);
    }
}
