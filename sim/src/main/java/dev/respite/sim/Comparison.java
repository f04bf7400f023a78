package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import dev.respite.policy.Spelling;
import dev.respite.sim.scenario.Checks;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Runs a scenario under several policies, which all meet the same arrivals and the same faults. */
public final class Comparison {

    private final Scenario scenario;
    private final Map<String, RetryPolicy> policies;
    private final Map<String, CustomBudget> budgets;
    private final long firstSeed;
    private final int seeds;

    private Comparison(
            Scenario scenario,
            Map<String, RetryPolicy> policies,
            Map<String, CustomBudget> budgets,
            long firstSeed,
            int seeds) {
        this.scenario = scenario;
        this.policies = policies;
        this.budgets = budgets;
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
        return new Comparison(scenario, new LinkedHashMap<>(policies), Map.of(), 1, 1);
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
        return new Comparison(scenario, policies, budgets, first, count);
    }

    /**
     * This comparison, one of its policies with other budgets than it describes.
     *
     * @param policy the name of the policy
     * @param budget what makes its budgets; the policy's own are not used
     * @return the comparison
     * @throws InvalidScenarioException if there is no policy of that name
     */
    public Comparison budget(String policy, CustomBudget budget) {
        if (!policies.containsKey(policy)) {
            throw new InvalidScenarioException(
                    "budget: unknown policy '" + policy + "'" + Spelling.suggestion(policy, policies.keySet()));
        }
        Map<String, CustomBudget> more = new HashMap<>(budgets);
        more.put(policy, budget);
        return new Comparison(scenario, policies, more, firstSeed, seeds);
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
                .map(run -> new SimulationRun(scenario, run.policy(), run.budget(), run.seed(), secondOver).run())
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
        Optional<CustomBudget> budget = Optional.ofNullable(budgets.get(policy.getKey()));
        return LongStream.range(firstSeed, firstSeed + seeds)
                .mapToObj(seed -> new Run(policy.getValue(), budget, seed));
    }

    private record Run(RetryPolicy policy, Optional<CustomBudget> budget, long seed) {}
}
