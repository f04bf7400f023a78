package dev.respite.sim;

import dev.respite.sim.Chart.Limit;
import dev.respite.sim.Chart.Line;
import dev.respite.sim.Chart.Scale;
import dev.respite.sim.Chart.Span;
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

    private Charts() {}

    static List<Chart> of(Scenario scenario, List<PolicySummary> summaries) {
        Scale seconds = new Scale("seconds", false, Optional.empty(), spans(scenario));
        double capacity = scenario.focus().capacity();
        Optional<Limit> limit = Double.isInfinite(capacity)
                ? Optional.empty()
                : Optional.of(new Limit(capacity, "capacity " + Axis.label(capacity) + "/s"));
        String service = scenario.focus().name();
        return List.of(
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
                        "queue",
                        "Requests that wait at '" + service + "'",
                        "How long the queue of the service is at the end of each second.",
                        seconds,
                        Scale.of("requests"),
                        lines(summaries, Series::queue)),
                new Chart(
                        "latency",
                        "How long successful calls take",
                        "The part of the successful calls that took no longer than so many milliseconds.",
                        new Scale("milliseconds", true, Optional.empty(), List.of()),
                        Scale.of("percent of successful calls"),
                        summaries.stream().map(Charts::latencies).toList()));
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
        return summaries.stream()
                .map(summary -> {
                    List<Double> ys = column.apply(summary.series());
                    List<Double> xs = IntStream.range(0, ys.size())
                            .mapToObj(second -> second + 0.5)
                            .toList();
                    return new Line(summary.name(), xs, ys);
                })
                .toList();
    }

    private static Line latencies(PolicySummary summary) {
        if (summary.mean(SimulationResult::succeeded) == 0) {
            return new Line(summary.name(), List.of(), List.of());
        }
        List<Double> xs = PERCENTILES.stream()
                .map(percentile ->
                        summary.mean(result -> result.latency(percentile).toNanos() / 1e6))
                .toList();
        return new Line(summary.name(), xs, PERCENTILES);
    }
}
