package dev.respite.benchmarks.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** The results as one table in Markdown: medians over the rounds, and ratios with the least and the greatest of them. */
final class HttpTable {

    private final Map<HttpRow, List<HttpFigures>> results;

    private HttpTable(Map<HttpRow, List<HttpFigures>> results) {
        this.results = results;
    }

    static String of(Map<HttpRow, List<HttpFigures>> results) {
        return new HttpTable(results).write();
    }

    private String write() {
        StringBuilder table = new StringBuilder();
        String jdk = "JDK " + System.getProperty("java.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors";
        table.append("| ").append(jdk);
        table.append(" | | requests/s | ÷ JDK client | CPU µs | ÷ JDK client | B | ÷ JDK client | server CPU µs |\n");
        table.append("|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
        results.keySet().forEach(row -> table.append(line(row)));
        return table.toString();
    }

    private String line(HttpRow row) {
        List<HttpFigures> rounds = Objects.requireNonNull(results.get(row));
        return String.format(
                Locale.ROOT,
                "| %s | %s | %,.0f | %s | %.1f | %s | %,.0f | %s | %.1f |%n",
                row.load().label(),
                row.contender().label(),
                median(rounds, HttpFigures::perSecond),
                ratio(row, HttpFigures::perSecond),
                median(rounds, HttpFigures::cpuMicros),
                ratio(row, HttpFigures::cpuMicros),
                median(rounds, HttpFigures::bytesEach),
                ratio(row, HttpFigures::bytesEach),
                median(rounds, HttpFigures::serverMicros));
    }

    private String ratio(HttpRow row, ToDoubleFunction<HttpFigures> figure) {
        List<HttpFigures> bare = results.get(row.bare());
        if (bare == null || row.equals(row.bare())) {
            return "";
        }
        List<HttpFigures> rounds = Objects.requireNonNull(results.get(row));
        double[] ratios = new double[rounds.size()];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = figure.applyAsDouble(rounds.get(round)) / figure.applyAsDouble(bare.get(round));
        }
        Arrays.sort(ratios);
        return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", median(ratios), ratios[0], ratios[ratios.length - 1]);
    }

    private static double median(List<HttpFigures> rounds, ToDoubleFunction<HttpFigures> figure) {
        return median(rounds.stream().mapToDouble(figure).sorted().toArray());
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
