package dev.respite.cli;

import dev.respite.cli.console.TextFormat;
import dev.respite.sim.Figure;
import dev.respite.sim.GroupResult;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.conclusion.Conclusion;
import dev.respite.sim.scenario.Scenario;
import dev.respite.text.ValueFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/** Formats the results of policies in a scenario as tables, and what follows from them. */
final class SimulationTable {

    private static final String SERVICE = "p50, p99: of calls that succeeded. p99 all: until the caller had an answer,"
            + " failures included. wasted: work on requests whose callers no longer waited.";

    private static final String HERD =
            "mean wait: all delays of a call. spread: from the first to the last of the clients' same retries."
                    + " load: the most retries in a tenth of a second.";

    private final Scenario scenario;
    private final List<PolicySummary> summaries;

    private SimulationTable(Scenario scenario, List<PolicySummary> summaries) {
        this.scenario = scenario;
        this.summaries = summaries;
    }

    static List<String> lines(Scenario scenario, long seed, List<PolicySummary> summaries) {
        SimulationTable table = new SimulationTable(scenario, summaries);
        List<String> lines = new ArrayList<>(List.of(head(scenario, seed, summaries)));
        Stream.of(
                        table.outcome(),
                        scenario.load().hasGroups() ? table.groups() : List.<String>of(),
                        List.of(TextFormat.wrap("", "", scenario.load().isBurst() ? HERD : SERVICE)),
                        table.calm(),
                        table.conclusions())
                .filter(section -> !section.isEmpty())
                .forEach(section -> {
                    lines.add("");
                    lines.addAll(section);
                });
        return lines;
    }

    private static String head(Scenario scenario, long seed, List<PolicySummary> summaries) {
        int runs = summaries.get(0).results().size();
        String seeds = runs == 1 ? "seed " + seed : runs + " seeds from " + seed;
        return scenario.name() + ": " + scenario.load().arrivals() + " for "
                + TextFormat.time(scenario.duration().toNanos()) + ", " + seeds;
    }

    /** The figures of each policy and, with several seeds, the range of each figure. */
    private List<String> outcome() {
        List<Figure> figures = figures();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("policy", figures, Figure::heading));
        for (PolicySummary summary : summaries) {
            rows.add(row(summary.name(), figures, figure -> cell(figure, figure.of(summary))));
            if (summary.results().size() > 1) {
                rows.add(row("  least", figures, figure -> cell(figure, figure.least(summary))));
                rows.add(row("  greatest", figures, figure -> cell(figure, figure.greatest(summary))));
            }
        }
        return aligned(rows);
    }

    private List<Figure> figures() {
        if (scenario.load().isBurst()) {
            return List.of(
                    Figure.SUCCESS, Figure.AMPLIFICATION, Figure.MEAN_WAIT, Figure.RETRY_SPREAD, Figure.PEAK_RETRIES);
        }
        List<Figure> figures = new ArrayList<>(List.of(Figure.SUCCESS, Figure.AMPLIFICATION, Figure.PEAK));
        if (!scenario.faults().isEmpty()) {
            figures.add(Figure.RECOVERY);
        }
        figures.addAll(List.of(Figure.GOODPUT_AFTER, Figure.P50, Figure.P99, Figure.ALL_P99, Figure.WASTED_WORK));
        return figures;
    }

    private static List<String> row(String name, List<Figure> figures, Function<Figure, String> cell) {
        return Stream.concat(Stream.of(name), figures.stream().map(cell)).toList();
    }

    private String cell(Figure figure, OptionalDouble value) {
        if (value.isEmpty()) {
            return figure == Figure.RECOVERY ? (scenario.showsRecovery() ? "never" : "unseen") : "-";
        }
        return figure.format(value.getAsDouble());
    }

    private List<String> groups() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("policy", "group", "calls", "succeeded", "attempts/call"));
        for (PolicySummary summary : summaries) {
            for (GroupResult group : summary.groups()) {
                rows.add(List.of(
                        summary.name(),
                        group.name(),
                        TextFormat.count(Math.round(group.calls())),
                        Figure.SUCCESS.format(group.successRatio()),
                        Figure.AMPLIFICATION.format(group.amplification())));
            }
        }
        return aligned(rows);
    }

    /** The same without the fault, at each failure rate. */
    private List<String> calm() {
        if (!scenario.hasCalmRun()) {
            return List.of();
        }
        List<List<String>> rows = new ArrayList<>();
        for (PolicySummary summary : summaries) {
            List<String> head = new ArrayList<>(List.of("policy"));
            List<String> row = new ArrayList<>(List.of(summary.name()));
            for (Map.Entry<Double, PolicySummary> calm : summary.calm().entrySet()) {
                String at = " at " + ValueFormat.percent(calm.getKey());
                for (Figure figure : List.of(Figure.SUCCESS, Figure.AMPLIFICATION, Figure.ALL_P99)) {
                    head.add(figure.heading() + (figure == Figure.SUCCESS ? at : ""));
                    row.add(cell(figure, figure.of(calm.getValue())));
                }
            }
            if (rows.isEmpty()) {
                rows.add(head);
            }
            rows.add(row);
        }
        List<String> lines = new ArrayList<>();
        PolicySummary first = summaries.get(0).calm().values().iterator().next();
        lines.add("Without the fault, with random failures at '"
                + scenario.focus().name() + "', for "
                + TextFormat.time(first.results().get(0).scenario().duration().toNanos()) + ":");
        lines.addAll(aligned(rows));
        return lines;
    }

    private List<String> conclusions() {
        List<Conclusion> conclusions = Conclusion.of(summaries);
        int width = summaries.stream()
                .mapToInt(summary -> summary.name().length())
                .max()
                .orElse(0);
        String indent = " ".repeat(width + 2);
        List<String> lines = new ArrayList<>();
        if (!conclusions.isEmpty()) {
            lines.add("Conclusions, and the column that decides:");
        }
        for (Conclusion conclusion : conclusions) {
            lines.add(TextFormat.wrap(TextFormat.left(conclusion.policy(), width) + "  ", indent, conclusion.text()));
        }
        return lines;
    }

    private static List<String> aligned(List<List<String>> rows) {
        List<String> lines = TextFormat.table(rows, TextFormat::right);
        return Stream.concat(
                        Stream.of(Ansi.AUTO.string("@|bold " + lines.get(0) + "|@")),
                        lines.stream().skip(1))
                .toList();
    }
}
