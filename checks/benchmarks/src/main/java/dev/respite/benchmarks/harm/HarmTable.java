package dev.respite.benchmarks.harm;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The findings of one budget as lines of a table, one for each kind of outage. */
final class HarmTable {

    static final String HEAD = """
            | budget | outage | cells | over | by at most | never | too many attempts | at most | 2 points below | at most |
            |---|---|--:|--:|--:|--:|--:|--:|--:|--:|
            """;

    private final String budget;
    private final Map<Outage, List<Finding>> findings;

    HarmTable(String budget, List<Finding> findings) {
        this.budget = budget;
        this.findings = findings.stream()
                .collect(Collectors.groupingBy(
                        finding -> finding.cell().outage(), () -> new EnumMap<>(Outage.class), Collectors.toList()));
    }

    /** The lines, with one for all outages together at the end. */
    String lines() {
        StringBuilder lines = new StringBuilder();
        findings.forEach((outage, cells) -> lines.append(line(outage.toString(), cells)));
        lines.append(
                line("**all**", findings.values().stream().flatMap(List::stream).toList()));
        return lines.toString();
    }

    private String line(String label, List<Finding> cells) {
        List<Finding> partial = cells.stream()
                .filter(finding -> finding.cell().outage().kind() == Outage.Kind.PARTIAL
                        || finding.cell().outage().kind() == Outage.Kind.MIXED)
                .toList();
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d | %+.1f s | %d | %d | %.2f | %d | %.1f |%n",
                budget,
                label,
                cells.size(),
                count(cells, Finding::isOver),
                most(cells, Finding::excess),
                count(cells, Finding::never),
                count(cells, Finding::hasTooManyAttempts),
                most(cells, Finding::attempts),
                count(partial, finding -> finding.below() > 2),
                most(partial, Finding::below));
    }

    private static long count(List<Finding> cells, Predicate<Finding> condition) {
        return cells.stream().filter(condition).count();
    }

    private static double most(List<Finding> cells, ToDoubleFunction<Finding> figure) {
        return cells.stream().mapToDouble(figure).max().orElse(0);
    }
}
