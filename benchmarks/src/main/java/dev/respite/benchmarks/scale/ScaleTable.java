package dev.respite.benchmarks.scale;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The results as one table in Markdown: medians, and what lateness was in the best and the worst round. */
final class ScaleTable {

    private final Map<ScaleRow, List<ScaleFigures>> results;

    private ScaleTable(Map<ScaleRow, List<ScaleFigures>> results) {
        this.results = results;
    }

    static String of(Map<ScaleRow, List<ScaleFigures>> results) {
        return new ScaleTable(results).write();
    }

    private String write() {
        StringBuilder table = new StringBuilder();
        String jdk = "JDK " + System.getProperty("java.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors";
        table.append("| ").append(jdk);
        table.append(" | calls | B each | ÷ floor | late, p50 ms | p99 ms | p99 ÷ floor | max ms | CPU s | wall s |\n");
        table.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        results.keySet().forEach(row -> table.append(line(row)));
        return table.toString();
    }

    private String line(ScaleRow row) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,.0f | %s | %s | %s | %s | %s | %.1f | %.1f |%n",
                row.contender().label(),
                row.calls(),
                spread(row, ScaleFigures::bytes).median(),
                ratio(row, ScaleFigures::bytes),
                lateness(row, ScaleFigures::p50),
                lateness(row, ScaleFigures::p99),
                ratio(row, ScaleFigures::p99),
                lateness(row, ScaleFigures::max),
                spread(row, ScaleFigures::cpu).median(),
                spread(row, ScaleFigures::wall).median());
    }

    private String lateness(ScaleRow row, ToDoubleFunction<ScaleFigures> figure) {
        Spread spread = spread(row, figure);
        return number(spread.median()) + " (" + number(spread.least()) + "–" + number(spread.greatest()) + ")";
    }

    private String ratio(ScaleRow row, ToDoubleFunction<ScaleFigures> figure) {
        return results.containsKey(row.floor())
                ? String.format(
                        Locale.ROOT,
                        "%.2f",
                        spread(row, figure).median()
                                / spread(row.floor(), figure).median())
                : "";
    }

    private Spread spread(ScaleRow row, ToDoubleFunction<ScaleFigures> figure) {
        return Spread.of(results.getOrDefault(row, List.of()), figure);
    }

    private static String number(double millis) {
        return String.format(Locale.ROOT, millis < 10 ? "%.2f" : "%,.0f", millis);
    }
}
