package dev.respite.sim;

import dev.respite.sim.scenario.Fault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Figures of the same runs, simulated and real, side by side. */
final class RealityTable {

    private final List<Figure> figures;
    private final List<List<String>> rows = new ArrayList<>();

    private RealityTable(List<Figure> figures) {
        this.figures = figures;
        rows.add(List.of(
                "situation", "policy", "figure", "simulated", "real (range)", "error", "error with the measured work"));
        rows.add(Collections.nCopies(7, "---"));
    }

    /** The table of a few clients. */
    static RealityTable ofClients() {
        return new RealityTable(OUTAGE);
    }

    /** The table of a fleet. */
    static RealityTable ofFleet() {
        return new RealityTable(FLEET);
    }

    /** A figure of a run; a recovery that did not happen is infinite. */
    private record Figure(String name, ToDoubleFunction<SimulationResult> of, int decimals) {}

    private static final List<Figure> CALM = List.of(
            new Figure("goodput, /s", SimulationResult::goodputBefore, 1),
            new Figure("attempts per call", SimulationResult::amplification, 3),
            new Figure("p50, ms", result -> result.latency(50).toNanos() / 1e6, 1),
            new Figure("p99, ms", result -> result.latency(99).toNanos() / 1e6, 1));

    private static final List<Figure> OUTAGE = List.of(
            new Figure("goodput before, /s", SimulationResult::goodputBefore, 1),
            new Figure("goodput after, /s", SimulationResult::goodputAfter, 1),
            new Figure("attempts per call", SimulationResult::amplification, 3),
            new Figure("calls succeeded, %", result -> 100.0 * result.succeeded() / result.calls(), 1),
            new Figure("peak requests, /s", SimulationResult::peakRequestsPerSecond, 0),
            new Figure("recovery, s", RealityTable::recovery, 0));

    /** The outage of these begins and ends at a full second. */
    private static final List<Figure> FLEET = List.of(
            new Figure("goodput before, /s", SimulationResult::goodputBefore, 1),
            new Figure("goodput in the 15 s after, /s", RealityTable::goodputAtOnce, 1),
            new Figure("requests per call in the outage", RealityTable::requestsInOutage, 3),
            new Figure("attempts per call", SimulationResult::amplification, 3),
            new Figure("calls succeeded, %", result -> 100.0 * result.succeeded() / result.calls(), 1),
            new Figure("p90, ms", result -> result.latency(90).toNanos() / 1e6, 1),
            new Figure(
                    "longest queue", result -> Collections.max(result.series().queue()), 0),
            new Figure("recovery, s", RealityTable::recovery, 0));

    private static double goodputAtOnce(SimulationResult result) {
        int end = second(result.scenario().faults().get(0).endNanos());
        return sum(result.series().goodput(), end, end + 15) / 15;
    }

    private static double requestsInOutage(SimulationResult result) {
        Fault outage = result.scenario().faults().get(0);
        int start = second(outage.startNanos());
        int end = second(outage.endNanos());
        return sum(result.series().requests(), start, end) / sum(result.series().calls(), start, end);
    }

    private static int second(long nanos) {
        return (int) (nanos / 1_000_000_000L);
    }

    private static double sum(List<Double> counts, int from, int to) {
        return counts.subList(from, to).stream().mapToDouble(n -> n).sum();
    }

    private static double recovery(SimulationResult result) {
        return result.recoverySeconds().stream().asDoubleStream().findFirst().orElse(Double.POSITIVE_INFINITY);
    }

    /** A policy's rows: what was simulated, and again with the work that was measured; and what really happened. */
    void add(String policy, List<SimulationResult> simulated, List<SimulationResult> again, List<RealRun> played) {
        List<SimulationResult> real = played.stream().map(RealRun::result).toList();
        boolean calm = simulated.get(0).scenario().faults().isEmpty();
        for (Figure figure : calm ? CALM : figures) {
            double expected = mean(figure, simulated);
            double found = mean(figure, real);
            rows.add(List.of(
                    calm ? "calm" : "outage",
                    policy,
                    figure.name(),
                    text(expected, figure.decimals()),
                    spread(real.stream().mapToDouble(figure.of()).toArray(), figure.decimals()),
                    error(expected, found),
                    error(mean(figure, again), found)));
        }
        double work = played.stream()
                .mapToDouble(run -> run.work().toNanos() / 1e6)
                .average()
                .orElseThrow();
        double meant = simulated.get(0).scenario().focus().work().time().meanNanos() / 1e6;
        rows.add(List.of(
                calm ? "calm" : "outage",
                policy,
                "a worker's time, ms",
                text(meant, 1),
                text(work, 1),
                error(meant, work),
                error(work, work)));
        rows.add(List.of(
                calm ? "calm" : "outage",
                policy,
                "calls begin late by, p99, ms",
                text(0, 1),
                text(
                        played.stream()
                                .mapToDouble(run -> run.late().toNanos() / 1e6)
                                .max()
                                .orElseThrow(),
                        1),
                "",
                ""));
    }

    private static double mean(Figure figure, List<SimulationResult> results) {
        return results.stream().mapToDouble(figure.of()).average().orElseThrow();
    }

    /** The mean of values, and their range if it is one. */
    static String spread(double[] values, int decimals) {
        DoubleSummaryStatistics all = DoubleStream.of(values).summaryStatistics();
        String low = text(all.getMin(), decimals);
        String high = text(all.getMax(), decimals);
        return text(mean(values), decimals) + (low.equals(high) ? "" : " (" + low + " to " + high + ")");
    }

    static double mean(double[] values) {
        return DoubleStream.of(values).average().orElseThrow();
    }

    private static String text(double value, int decimals) {
        return Double.isInfinite(value) ? "never" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private static String error(double simulated, double real) {
        return real == simulated
                ? "0 %"
                : Double.isInfinite(real) || Double.isInfinite(simulated) || real == 0
                        ? ""
                        : String.format(Locale.ROOT, "%+.1f %%", 100 * (simulated / real - 1));
    }

    @Override
    public String toString() {
        return rows.stream().map(row -> "| " + String.join(" | ", row) + " |\n").collect(Collectors.joining());
    }
}
