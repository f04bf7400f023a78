package dev.respite.benchmarks.harm;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/** The gain of retries for one client whose attempts fail at random, at a service that has capacity for all of them. */
final class SingleClient {

    static final String HEAD = """
            | budget | one client, calls/s | 0.01 | 0.1 | 1 | 5 | 50 |
            |---|---|--:|--:|--:|--:|--:|
            """;

    private static final double[] RATES = {0.01, 0.1, 1, 5, 50};

    private static final int CALLS = 40_000;
    private static final Duration MAX_DURATION = Duration.ofHours(24);
    private static final Distribution USUAL = Distribution.exponential(Duration.ofMillis(10));
    private static final Distribution MIXED = Distribution.exponential(Duration.ofNanos(2_702_703), 10, 0.3);

    private SingleClient() {}

    /** A kind of random failures. */
    private record Failures(String label, Distribution work, UnaryOperator<Service> chance) {}

    private static final List<Failures> FAILURES = List.of(
            new Failures("20 % errors", USUAL, service -> service.failures(0.2, 500)),
            new Failures("30 % errors", USUAL, service -> service.failures(0.3, 500)),
            new Failures("5 % timeouts", USUAL, service -> service.silences(0.05)),
            new Failures("20 % errors, mixed operations", MIXED, service -> service.failures(0.2, 500)),
            new Failures("30 % errors, mixed operations", MIXED, service -> service.failures(0.3, 500)));

    /** Formats a line for each kind of failures: the percentage of calls that succeed, at each rate. */
    static String lines(String budget, RetryPolicy policy) {
        StringBuilder lines = new StringBuilder();
        for (Failures failures : FAILURES) {
            StringBuilder cells = new StringBuilder();
            for (double rate : RATES) {
                cells.append(String.format(Locale.ROOT, " %.2f |", 100 * succeeded(failures, rate, policy)));
            }
            lines.append(String.format("| %s | %s |%s%n", budget, failures.label(), cells));
        }
        return lines.toString();
    }

    private static double succeeded(Failures failures, double rate, RetryPolicy policy) {
        long nanos = Math.min(MAX_DURATION.toNanos(), Math.round(CALLS / rate * 1e9));
        Scenario scenario = Scenario.builder("alone")
                .duration(Duration.ofNanos(nanos))
                .service(failures.chance()
                        .apply(Service.named(Outage.SERVICE).workers(1_000).serviceTime(failures.work())))
                .load(Load.poisson(Outage.SERVICE, rate).timeout(Duration.ofSeconds(1)))
                .build();
        int seeds = Math.max(1, Math.toIntExact(Math.round(CALLS / (rate * nanos / 1e9))));
        List<SimulationResult> results = LongStream.rangeClosed(1, seeds)
                .parallel()
                .mapToObj(seed -> Simulation.simulate(scenario, policy, seed))
                .toList();
        return results.stream().mapToLong(SimulationResult::succeeded).sum()
                / (double) results.stream().mapToLong(SimulationResult::calls).sum();
    }
}
