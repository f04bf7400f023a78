package dev.respite.sim.report;

import dev.respite.sim.GroupSummary;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.Series;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tables of a comparison. */
final class Tables {

    /** The percentiles that the table of latencies has: 1 to 99, and the tail. */
    private static final List<Double> PERCENTILES = Stream.concat(
                    IntStream.rangeClosed(1, 99).mapToObj(percent -> (double) percent), Stream.of(99.5, 99.9, 100.0))
            .toList();

    private Tables() {}

    /** What came out: for a burst, how the clients come back; else, how the service does. */
    static Table summary(Scenario scenario, List<PolicySummary> summaries) {
        List<String> head = new ArrayList<>(List.of("policy", "calls", "succeeded", "attempts", "per call"));
        boolean burst = scenario.load().isBurst();
        head.addAll(
                burst
                        ? List.of("mean wait ms", "spread ms", "busiest 100 ms")
                        : List.of("recovery s", "before /s", "after /s", "p50 ms", "p99 ms", "peak/s"));
        return new Table(
                head,
                summaries.stream()
                        .map(summary -> Stream.concat(
                                        common(summary), burst ? herd(summary) : service(scenario, summary))
                                .toList())
                        .toList());
    }

    private static Stream<String> common(PolicySummary summary) {
        return Stream.of(
                summary.name(),
                number(summary.mean(SimulationResult::calls)),
                number(summary.mean(SimulationResult::succeeded)),
                number(summary.mean(SimulationResult::attempts)),
                number(summary.mean(SimulationResult::amplification)));
    }

    private static Stream<String> herd(PolicySummary summary) {
        return Stream.of(
                number(summary.meanWaitNanos() / 1e6),
                number(summary.mean(result -> result.retrySpread().toNanos() / 1e6)),
                number(summary.mean(SimulationResult::peakRetriesPer100ms)));
    }

    private static Stream<String> service(Scenario scenario, PolicySummary summary) {
        OptionalInt recovery = summary.recoverySeconds();
        return Stream.of(
                recovery.isPresent()
                        ? Integer.toString(recovery.getAsInt())
                        : scenario.showsRecovery() ? "never" : "unseen",
                number(summary.mean(SimulationResult::goodputBefore)),
                number(summary.mean(SimulationResult::goodputAfter)),
                latency(summary, 50),
                latency(summary, 99),
                number(summary.mean(SimulationResult::peakRequestsPerSecond)));
    }

    /** What the clients of each group did. */
    static Table groups(List<PolicySummary> summaries) {
        List<List<String>> rows = new ArrayList<>();
        for (PolicySummary summary : summaries) {
            for (GroupSummary group : summary.groups()) {
                rows.add(List.of(
                        summary.name(),
                        group.name(),
                        number(group.calls()),
                        number(group.succeeded()),
                        number(group.attempts()),
                        number(group.amplification())));
            }
        }
        return new Table(List.of("policy", "group", "calls", "succeeded", "attempts", "per call"), rows);
    }

    static Table series(List<PolicySummary> summaries) {
        List<List<String>> rows = new ArrayList<>();
        for (PolicySummary summary : summaries) {
            Series series = summary.series();
            for (int second = 0; second < series.calls().size(); second++) {
                int at = second;
                List<String> row = new ArrayList<>(List.of(summary.name(), Integer.toString(second)));
                Stream.of(series.calls(), series.requests(), series.goodput(), series.queue(), series.budget())
                        .map(column -> number(column.get(at)))
                        .forEach(row::add);
                rows.add(row);
            }
        }
        return new Table(List.of("policy", "second", "calls", "requests", "goodput", "queue", "budget"), rows);
    }

    static Table latency(List<PolicySummary> summaries) {
        List<String> head = new ArrayList<>(List.of("percentile"));
        summaries.forEach(summary -> head.add(summary.name() + " ms"));
        List<List<String>> rows = new ArrayList<>();
        for (double percentile : PERCENTILES) {
            List<String> row = new ArrayList<>(List.of(number(percentile)));
            summaries.forEach(summary -> row.add(latency(summary, percentile)));
            rows.add(row);
        }
        return new Table(head, rows);
    }

    private static String latency(PolicySummary summary, double percentile) {
        OptionalDouble millis = summary.latencyMillis(percentile);
        return millis.isPresent() ? number(millis.getAsDouble()) : "";
    }

    /** A number as it is, to three decimals; what has no limit is left empty. */
    static String number(double value) {
        if (Double.isInfinite(value)) {
            return "";
        }
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceAll("\\.?0+$", "");
    }
}
