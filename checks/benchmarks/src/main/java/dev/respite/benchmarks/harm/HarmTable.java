package dev.respite.benchmarks.harm;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The findings of a policy as lines of a table, for each region and kind of outage. */
final class HarmTable {

    private static final String HEAD = """
            | region | outage | cells | mean points below | at most | over 2 | over 5 | never | recovery over |
            |---|---|--:|--:|--:|--:|--:|--:|--:|
            """;

    private HarmTable() {}

    static String of(List<Finding> findings) {
        StringBuilder table = new StringBuilder(HEAD);
        for (int region = 1; region <= 2; region++) {
            List<Finding> cells = findings(findings, region);
            for (Outage outage : Outage.values()) {
                append(table, region, outage.toString(), cells, f -> f.cell().outage() == outage);
            }
            append(table, region, "**all, not declared**", cells, f -> !f.cell().isDeclared());
            append(table, region, "**all, declared**", cells, f -> f.cell().isDeclared());
        }
        append(table, 2, "**all, called three times**", findings(findings, 2), Finding::hasCalledThrice);
        return table + "\nToo full without retries: " + findings(findings, 0).size() + "\n";
    }

    private static List<Finding> findings(List<Finding> findings, int region) {
        return findings.stream().filter(finding -> finding.region() == region).toList();
    }

    private static void append(
            StringBuilder table, int region, String label, List<Finding> all, Predicate<Finding> condition) {
        List<Finding> cells = all.stream().filter(condition).toList();
        if (cells.isEmpty()) {
            return;
        }
        table.append(String.format(
                Locale.ROOT,
                "| %d | %s | %d | %.2f | %.1f | %d | %d | %d | %d |%n",
                region,
                label,
                cells.size(),
                cells.stream().mapToDouble(Finding::points).average().orElseThrow(),
                cells.stream()
                        .map(Finding::points)
                        .max(Comparator.naturalOrder())
                        .orElseThrow(),
                count(cells, finding -> finding.points() > 2),
                count(cells, finding -> finding.points() > 5),
                count(cells, Finding::isNever),
                count(cells, finding -> finding.excess() > 0)));
    }

    private static long count(List<Finding> cells, Predicate<Finding> condition) {
        return cells.stream().filter(condition).count();
    }
}
