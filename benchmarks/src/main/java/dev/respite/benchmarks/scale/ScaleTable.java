package dev.respite.benchmarks.scale;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The results as one table in Markdown: medians, and what lateness was in the best and the worst round. */
final class ScaleTable {

    private final Map<Row, List<Figures>> results;

    private ScaleTable(Map<Row, List<Figures>> results) {
        this.results = results;
    }

    static String of(Map<Row, List<Figures>> results) {
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

    private String line(Row row) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,.0f | %s | %s | %s | %s | %s | %.1f | %.1f |%n",
                row.contender().label(),
                row.calls(),
                spread(row, Figures::bytes).median(),
                ratio(row, Figures::bytes),
                lateness(row, Figures::p50),
                lateness(row, Figures::p99),
                ratio(row, Figures::p99),
                lateness(row, Figures::max),
                spread(row, Figures::cpu).median(),
                spread(row, Figures::wall).median());
    }

    private String lateness(Row row, ToDoubleFunction<Figures> figure) {
        Spread spread = spread(row, figure);
        return number(spread.median()) + " (" + number(spread.least()) + "–" + number(spread.greatest()) + ")";
    }

    private String ratio(Row row, ToDoubleFunction<Figures> figure) {
        return results.containsKey(row.floor())
                ? String.format(
                        Locale.ROOT,
                        "%.2f",
                        spread(row, figure).median()
                                / spread(row.floor(), figure).median())
                : "";
    }

    private Spread spread(Row row, ToDoubleFunction<Figures> figure) {
        return Spread.of(results.getOrDefault(row, List.of()), figure);
    }

    private static String number(double millis) {
        return String.format(Locale.ROOT, millis < 10 ? "%.2f" : "%,.0f", millis);
    }
}
