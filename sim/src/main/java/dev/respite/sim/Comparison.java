package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Runs a scenario under several policies, which all meet the same arrivals and the same faults. */
public final class Comparison {

    private final Scenario scenario;
    private final Map<String, RetryPolicy> policies;
    private final long firstSeed;
    private final int seeds;

    private Comparison(Scenario scenario, Map<String, RetryPolicy> policies, long firstSeed, int seeds) {
        this.scenario = scenario;
        this.policies = policies;
        this.firstSeed = firstSeed;
        this.seeds = seeds;
    }

    /**
     * A comparison with the one seed 1.
     *
     * @param scenario the scenario
     * @param policies the policies by their names, in the order in which they are reported
     * @return the comparison
     */
    public static Comparison of(Scenario scenario, Map<String, RetryPolicy> policies) {
        return new Comparison(scenario, new LinkedHashMap<>(policies), 1, 1);
    }

    /**
     * This comparison with other seeds.
     *
     * @param first the first seed
     * @param count how many, one after the other; at least 1
     * @return the comparison
     */
    public Comparison seeds(long first, int count) {
        Checks.range("seeds", count, 1, 1e6);
        return new Comparison(scenario, policies, first, count);
    }

    /**
     * Runs all, on as many threads as there are processors.
     *
     * @param secondOver called, on any of those threads, whenever one of the runs has come a simulated second further
     * @return the summaries, in the order of the policies
     */
    public List<PolicySummary> run(Runnable secondOver) {
        List<Run> runs = policies.entrySet().stream().flatMap(this::runs).toList();
        // The order of the list is kept, whichever run ends first.
        List<SimulationResult> results = runs.parallelStream()
                .map(run -> new World(scenario, run.policy(), run.seed(), secondOver).run())
                .toList();
        List<PolicySummary> summaries = new ArrayList<>();
        policies.forEach((name, policy) -> {
            int from = summaries.size() * seeds;
            summaries.add(new PolicySummary(name, policy, results.subList(from, from + seeds)));
        });
        return summaries;
    }

    /**
     * How often {@link #run} calls back.
     *
     * @return simulated seconds, of all runs together
     */
    public long seconds() {
        return policies.size() * (long) seeds * ((scenario.duration().toMillis() + 999) / 1_000);
    }

    private Stream<Run> runs(Map.Entry<String, RetryPolicy> policy) {
        return LongStream.range(firstSeed, firstSeed + seeds).mapToObj(seed -> new Run(policy.getValue(), seed));
    }

    private record Run(RetryPolicy policy, long seed) {}
}
