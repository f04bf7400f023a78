package dev.respite.sim.report;

import dev.respite.sim.FailureSweep;
import dev.respite.sim.Latencies;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.report.Chart.Limit;
import dev.respite.sim.report.Chart.Line;
import dev.respite.sim.report.Chart.Scale;
import dev.respite.sim.report.Chart.Span;
import dev.respite.sim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The charts of a comparison. */
final class Charts {

    /** The percentiles that the curve of latencies goes through: 1 to 99, and the tail. */
    static final List<Double> PERCENTILES = Stream.concat(
                    IntStream.rangeClosed(1, 99).mapToObj(percent -> (double) percent), Stream.of(99.5, 99.9, 100.0))
            .toList();

    /** How many times the busiest second a limit may be, to be drawn. */
    private static final double FAR = 5;

    private Charts() {}

    static List<Chart> of(Scenario scenario, List<PolicySummary> summaries) {
        Scale seconds = new Scale("seconds", false, Optional.empty(), spans(scenario));
        double capacity = scenario.focus().capacity();
        // A limit that is far away would leave the lines at the bottom.
        Optional<Limit> limit = capacity > FAR * most(summaries, Series::requests)
                ? Optional.empty()
                : Optional.of(new Limit(capacity, "capacity " + Axis.label(capacity) + "/s"));
        String service = scenario.focus().name();
        List<Chart> charts = new ArrayList<>(List.of(
                new Chart(
                        "requests",
                        "Requests per second at '" + service + "'",
                        "How many requests come to the service in each second, retries included.",
                        seconds,
                        new Scale("requests per second", false, limit, List.of()),
                        lines(summaries, Series::requests)),
                new Chart(
                        "goodput",
                        "Calls that succeed per second",
                        "How many calls succeed in each second.",
                        seconds,
                        Scale.of("calls per second"),
                        lines(summaries, Series::goodput)),
                new Chart(
                        "latency",
                        "How long successful calls take",
                        "The part of the successful calls that took no longer than so many milliseconds.",
                        new Scale("milliseconds", true, Optional.empty(), List.of()),
                        Scale.of("percent of successful calls"),
                        summaries.stream().map(Charts::latencies).toList())));
        if (most(summaries, Series::queue) > 0) {
            charts.add(
                    2,
                    new Chart(
                            "queue",
                            "Requests that wait at '" + service + "'",
                            "How long the queue of the service is at the end of each second.",
                            seconds,
                            Scale.of("requests"),
                            lines(summaries, Series::queue)));
        }
        if (summaries.stream().anyMatch(Charts::hasBudget)) {
            charts.add(new Chart(
                    "budget",
                    "Retries that the budgets have left",
                    "How many more retries a client's budget would have granted at the end of each second, on average;"
                            + " policies without a budget, or without retries, have no line.",
                    seconds,
                    Scale.of("retries"),
                    summaries.stream().map(Charts::budget).toList()));
        }
        if (FailureSweep.suits(scenario)) {
            charts.add(new Chart(
                    "amplification",
                    "Attempts for each call, at other rates of failures",
                    "The same scenario, with each part of the attempts at '" + service
                            + "' failing by chance: what the policy makes of it.",
                    Scale.of("percent of attempts that fail"),
                    Scale.of("attempts per call"),
                    summaries.stream()
                            .map(summary -> amplification(scenario, summary))
                            .toList()));
        }
        return List.copyOf(charts);
    }

    private static double most(List<PolicySummary> summaries, Function<Series, List<Double>> column) {
        return summaries.stream()
                .flatMap(summary -> column.apply(summary.series()).stream())
                .mapToDouble(number -> number)
                .max()
                .orElse(0);
    }

    private static boolean hasBudget(PolicySummary summary) {
        return summary.policy().limits().maxAttempts() > 1
                && summary.series().budget().stream().noneMatch(left -> left.isInfinite());
    }

    private static Line budget(PolicySummary summary) {
        return hasBudget(summary) ? line(summary, Series::budget) : new Line(summary.name(), List.of(), List.of());
    }

    private static Line amplification(Scenario scenario, PolicySummary summary) {
        SimulationResult.Setting setting = summary.results().get(0).setting();
        return new Line(
                summary.name(),
                FailureSweep.PERCENTS,
                FailureSweep.of(scenario).amplification(summary.policy(), setting.budget(), setting.seed()));
    }

    private static List<Span> spans(Scenario scenario) {
        return scenario.faults().stream()
                .map(fault -> new Span(
                        fault.startNanos() / 1e9,
                        fault.endNanos() / 1e9,
                        fault.kind().toString()))
                .toList();
    }

    private static List<Line> lines(List<PolicySummary> summaries, Function<Series, List<Double>> column) {
        return summaries.stream().map(summary -> line(summary, column)).toList();
    }

    /** A second is drawn in its middle. */
    private static Line line(PolicySummary summary, Function<Series, List<Double>> column) {
        List<Double> ys = column.apply(summary.series());
        List<Double> xs =
                IntStream.range(0, ys.size()).mapToObj(second -> second + 0.5).toList();
        return new Line(summary.name(), xs, ys);
    }

    private static Line latencies(PolicySummary summary) {
        if (summary.mean(SimulationResult::succeeded) == 0) {
            return new Line(summary.name(), List.of(), List.of());
        }
        Latencies latencies = summary.latencies();
        List<Double> xs = PERCENTILES.stream()
                .map(percentile -> latencies.millis(percentile).orElse(0))
                .toList();
        return new Line(summary.name(), xs, PERCENTILES);
    }
}
