package dev.respite.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Figures of the same runs, simulated and real, side by side. */
final class RealityTable {

    private final List<List<String>> rows = new ArrayList<>();

    RealityTable() {
        rows.add(List.of("situation", "policy", "figure", "simulated", "real", "range", "error"));
    }

    /** A figure of a run; what it does not have is not a number. */
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

    private static double recovery(SimulationResult result) {
        return result.recoverySeconds().stream().asDoubleStream().findFirst().orElse(Double.POSITIVE_INFINITY);
    }

    void calm(String policy, List<SimulationResult> simulated, List<SimulationResult> real) {
        add("calm", policy, CALM, simulated, real);
    }

    void outage(String policy, List<SimulationResult> simulated, List<SimulationResult> real) {
        add("outage", policy, OUTAGE, simulated, real);
    }

    private void add(
            String situation,
            String policy,
            List<Figure> figures,
            List<SimulationResult> simulated,
            List<SimulationResult> real) {
        for (Figure figure : figures) {
            double expected =
                    simulated.stream().mapToDouble(figure.of()).average().orElseThrow();
            double found = real.stream().mapToDouble(figure.of()).average().orElseThrow();
            double least = real.stream().mapToDouble(figure.of()).min().orElseThrow();
            double most = real.stream().mapToDouble(figure.of()).max().orElseThrow();
            rows.add(List.of(
                    situation,
                    policy,
                    figure.name(),
                    text(expected, figure.decimals()),
                    text(found, figure.decimals()),
                    text(least, figure.decimals()) + " to " + text(most, figure.decimals()),
                    error(expected, found)));
        }
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
