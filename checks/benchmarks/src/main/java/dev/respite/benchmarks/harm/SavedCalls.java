package dev.respite.benchmarks.harm;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Simulation;
import dev.respite.sim.SimulationResult;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * The calls that a policy saves in an outage, of those that can be saved. These are at most the calls that the spare capacity can
 * serve in the 30 s in which a call may wait.
 *
 * @param fault the fault of 10 s
 * @param clients the number of clients, each with a budget of its own
 * @param utilisation first attempts for each request that the service can serve
 */
record SavedCalls(Fault fault, int clients, double utilisation) {

    static final String HEAD = """
            | budget | 10 s of | clients | saved at 50 % | 70 % | 90 % |
            |---|---|--:|--:|--:|--:|
            """;

    private static final RetryPolicy NONE = RetryPolicy.parse("max-attempts=1");
    private static final double CAPACITY = 300;
    private static final double MAX_WAIT_SECONDS = 30;
    private static final Duration AT = Duration.ofSeconds(40);
    private static final Duration LASTING = Duration.ofSeconds(10);
    private static final double[] UTILISATIONS = {0.5, 0.7, 0.9};
    private static final int[] CLIENTS = {1, 5, 10, 20, 50, 100, 300};

    /** Formats a line for each fault and number of clients. */
    static String lines(String budget, RetryPolicy policy, long firstSeed, int seeds) {
        StringBuilder lines = new StringBuilder();
        for (Fault fault : List.of(
                Fault.down(Outage.SERVICE), Fault.throttle(Outage.SERVICE, 1), Fault.capacity(Outage.SERVICE, 0.3))) {
            for (int clients : CLIENTS) {
                List<String> cells = new ArrayList<>();
                for (double utilisation : UTILISATIONS) {
                    double saved = new SavedCalls(fault, clients, utilisation).saved(policy, firstSeed, seeds);
                    cells.add(String.format(
                            Locale.ROOT, "%.0f %% (%.1f/s)", 100 * saved, utilisation * CAPACITY / clients));
                }
                lines.append(String.format(
                        "| %s | %s | %d | %s |%n", budget, fault.kind(), clients, String.join(" | ", cells)));
            }
        }
        return lines.toString();
    }

    /** Returns the ratio of saved calls to those that can be saved. */
    double saved(RetryPolicy policy, long firstSeed, int seeds) {
        return LongStream.range(firstSeed, firstSeed + seeds)
                .parallel()
                .mapToDouble(seed -> saved(run(NONE, seed), run(policy, seed)))
                .average()
                .orElseThrow();
    }

    private double saved(SimulationResult none, SimulationResult ours) {
        double failed = none.calls() - none.succeeded();
        double most = Math.min(failed, (1 - utilisation) * CAPACITY * MAX_WAIT_SECONDS);
        return (ours.succeeded() - none.succeeded()) / most;
    }

    private SimulationResult run(RetryPolicy policy, long seed) {
        return Simulation.simulate(
                Scenario.builder("outage-ride")
                        .duration(AT.plus(LASTING).plusSeconds(120))
                        .service(Service.named(Outage.SERVICE)
                                .workers(3)
                                .serviceTime(Distribution.exponential(Duration.ofMillis(10))))
                        .load(Load.poisson(Outage.SERVICE, utilisation * CAPACITY)
                                .clients(clients)
                                .timeout(Duration.ofSeconds(1)))
                        .fault(fault.duration(LASTING).at(AT))
                        .build(),
                policy,
                seed);
    }
}
