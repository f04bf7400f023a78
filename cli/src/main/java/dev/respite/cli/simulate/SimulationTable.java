package dev.respite.cli.simulate;

import dev.respite.cli.console.TextFormat;
import dev.respite.sim.GroupSummary;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Help.Ansi;

/** Formats the results of policies in a scenario as a table. */
final class SimulationTable {

    private final List<List<String>> rows = new ArrayList<>();

    private SimulationTable() {}

    static List<String> lines(Scenario scenario, long seed, List<PolicySummary> summaries) {
        boolean herd = scenario.load().isBurst();
        SimulationTable table = new SimulationTable();
        table.rows.add(
                herd
                        ? List.of("policy", "succeeded", "attempts/call", "mean wait", "spread", "load/100 ms")
                        : List.of(
                                "policy", "succeeded", "attempts/call", "recovery", "goodput", "p50", "p99", "peak/s"));
        summaries.forEach(summary -> table.rows.add(herd ? herd(summary) : row(scenario, summary)));
        List<String> lines = table.lines();
        lines.add(0, head(scenario, seed, summaries));
        lines.add(1, "");
        if (scenario.load().hasGroups()) {
            lines.add("");
            lines.addAll(groups(summaries));
        }
        List<String> budgets = summaries.stream()
                .flatMap(summary ->
                        summary.customBudget().map(name -> "budgets of " + summary.name() + ": " + name).stream())
                .toList();
        if (!budgets.isEmpty()) {
            lines.add("");
            lines.addAll(budgets);
        }
        if (herd) {
            lines.add("");
            lines.add(TextFormat.wrap(
                    "",
                    "",
                    "mean wait: all delays of a call. spread: from the first to the last of the clients' same retries."
                            + " load: the most retries in a tenth of a second."));
        }
        return lines;
    }

    private static List<String> groups(List<PolicySummary> summaries) {
        SimulationTable table = new SimulationTable();
        table.rows.add(List.of("policy", "group", "calls", "succeeded", "attempts/call"));
        for (PolicySummary summary : summaries) {
            for (GroupSummary group : summary.groups()) {
                table.rows.add(List.of(
                        summary.name(),
                        group.name(),
                        TextFormat.count(Math.round(group.calls())),
                        String.format(Locale.ROOT, "%.2f%%", 100 * group.success()),
                        TextFormat.ratio(group.amplification())));
            }
        }
        return table.lines();
    }

    private static String head(Scenario scenario, long seed, List<PolicySummary> summaries) {
        int runs = summaries.get(0).results().size();
        String seeds = runs == 1 ? "seed " + seed : runs + " seeds from " + seed;
        return scenario.name() + ": " + scenario.load().arrivals() + " for "
                + TextFormat.time(scenario.duration().toNanos()) + ", " + seeds;
    }

    private static List<String> row(Scenario scenario, PolicySummary summary) {
        OptionalInt recovery = summary.recoverySeconds();
        return List.of(
                summary.name(),
                percent(summary),
                TextFormat.ratio(summary.mean(SimulationResult::amplification)),
                recovery.isPresent() ? recovery.getAsInt() + " s" : scenario.showsRecovery() ? "never" : "unseen",
                String.format(Locale.ROOT, "%.1f/s", summary.mean(SimulationResult::goodputAfter)),
                latency(summary, 50),
                latency(summary, 99),
                TextFormat.count(Math.round(summary.mean(SimulationResult::peakRequestsPerSecond))));
    }

    private static String latency(PolicySummary summary, double percentile) {
        OptionalDouble millis = summary.latencyMillis(percentile);
        return millis.isPresent() ? TextFormat.time(millis.getAsDouble() * 1e6) : "-";
    }

    private static List<String> herd(PolicySummary summary) {
        return List.of(
                summary.name(),
                percent(summary),
                TextFormat.ratio(summary.mean(SimulationResult::amplification)),
                TextFormat.time(summary.meanWaitNanos()),
                TextFormat.time(summary.mean(result -> result.retrySpread().toNanos())),
                TextFormat.count(Math.round(summary.mean(SimulationResult::peakRetriesPer100ms))));
    }

    private static String percent(PolicySummary summary) {
        return String.format(Locale.ROOT, "%.2f%%", 100 * summary.success());
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                line.append(
                        column == 0 ? TextFormat.left(cell, width(0)) : "  " + TextFormat.right(cell, width(column)));
            }
            lines.add(lines.isEmpty() ? Ansi.AUTO.string("@|bold " + line + "|@") : line.toString());
        }
        return lines;
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
