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
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** A server of 10 requests a second, with even arrivals: how long its queue lasts after a pause. */
final class SmallServer {

    static final String HEAD = """
            | budget | 10/s server | 50 % | 70 % | 90 % | 93 % | 95 % |
            |---|---|--:|--:|--:|--:|--:|
            """;

    private static final RetryPolicy NONE = RetryPolicy.parse("max-attempts=1");
    private static final Duration AT = Duration.ofSeconds(40);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration END = AT.plus(PAUSE);
    private static final int SEEDS = 20;
    private static final int[] CLIENTS = {1, 10};
    private static final double[] UTILISATIONS = {0.5, 0.7, 0.9, 0.93, 0.95};

    private SmallServer() {}

    /** A line for each number of clients: the seconds with and without retries, at each utilisation. */
    static String lines(String budget, RetryPolicy policy) {
        StringBuilder lines = new StringBuilder();
        for (int clients : CLIENTS) {
            StringBuilder cells = new StringBuilder();
            for (double utilisation : UTILISATIONS) {
                double ours = backlog(clients, utilisation, policy);
                double none = backlog(clients, utilisation, NONE);
                cells.append(String.format(
                        Locale.ROOT, " %.1f (%.1f)%s |", ours, none, ours > 1.3 * none + 2 ? " over" : ""));
            }
            lines.append(String.format("| %s | pause 1 s, %d clients |%s%n", budget, clients, cells));
        }
        return lines.toString();
    }

    private static double backlog(int clients, double utilisation, RetryPolicy policy) {
        Scenario scenario = Scenario.builder("small server")
                .duration(END.plusSeconds(120))
                .service(Service.named(Outage.SERVICE).serviceTime(Distribution.constant(Duration.ofMillis(100))))
                .load(Load.even(Outage.SERVICE, 10 * utilisation)
                        .clients(clients)
                        .timeout(Duration.ofMillis(500)))
                .fault(Fault.pause(Outage.SERVICE).duration(PAUSE).at(AT))
                .build();
        return LongStream.rangeClosed(1, SEEDS)
                .parallel()
                .mapToObj(seed -> Simulation.simulate(scenario, policy, seed))
                .mapToInt(result -> secondsWithQueue(result, (int) END.toSeconds()))
                .average()
                .orElseThrow();
    }

    private static int secondsWithQueue(SimulationResult result, int from) {
        List<Double> queue = result.series().queue();
        for (int second = from; second < queue.size(); second++) {
            if (queue.get(second) == 0) {
                return second - from;
            }
        }
        return queue.size() - from;
    }
}
