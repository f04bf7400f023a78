package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Runs a scenario under several policies, with the same arrivals and the same faults. It also runs the calm scenario: without
 * its faults, with random failures.
 */
public final class Comparison {

    /** The parts of the attempts that fail by chance in calm runs. */
    public static final List<Double> CALM_FAILURE_RATES = List.of(0.05, 0.2);

    /** Long enough to see what the random failures of {@link #CALM_FAILURE_RATES} do at some ten calls a second. */
    private static final Duration CALM_DURATION = Duration.ofSeconds(30);

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
     * {@return this comparison with other seeds}
     *
     * @param first the first seed
     * @param count how many, one after the other; at least 1
     */
    public Comparison seeds(long first, int count) {
        if (count < 1) {
            throw new InvalidScenarioException("seeds " + count + ": must be at least 1");
        }
        return new Comparison(scenario, policies, first, count);
    }

    /**
     * Runs all, on as many threads as there are processors: the scenario and, if it {@linkplain Scenario#hasCalmRun() has one},
     * its calm run of 30 s at each of the {@link #CALM_FAILURE_RATES}.
     *
     * @param secondOver called, on any of those threads, whenever one of the runs has come a simulated second further
     * @return the summaries, in the order of the policies
     */
    public List<PolicySummary> run(Runnable secondOver) {
        List<Run> runs = scenarios().stream().flatMap(this::runs).toList();
        // The order of the list is kept, whichever run ends first. There may be thousands of runs.
        List<SimulationResult> results = runs.parallelStream()
                .map(run -> new SimulationRun(run.scenario(), run.policy(), run.seed(), secondOver)
                        .run()
                        .packed())
                .toList();
        List<List<PolicySummary>> played = new ArrayList<>();
        int each = policies.size() * seeds;
        for (int from = 0; from < results.size(); from += each) {
            played.add(summaries(results.subList(from, from + each)));
        }
        List<PolicySummary> summaries = new ArrayList<>();
        for (int number = 0; number < policies.size(); number++) {
            Map<Double, PolicySummary> calm = new LinkedHashMap<>();
            for (int rate = 0; rate < calmRates().size(); rate++) {
                calm.put(calmRates().get(rate), played.get(1 + rate).get(number));
            }
            summaries.add(played.get(0).get(number).withCalm(calm));
        }
        return summaries;
    }

    /** The results of the policies in one scenario. */
    private List<PolicySummary> summaries(List<SimulationResult> results) {
        List<PolicySummary> summaries = new ArrayList<>();
        policies.forEach((name, policy) -> {
            int from = summaries.size() * seeds;
            summaries.add(new PolicySummary(name, policy, results.subList(from, from + seeds)));
        });
        return summaries;
    }

    /** {@return the number of callbacks of {@link #run}: simulated seconds, of all runs together} */
    public long seconds() {
        long once = scenarios().stream()
                .mapToLong(run -> (run.duration().toMillis() + 999) / 1_000)
                .sum();
        return policies.size() * (long) seeds * once;
    }

    /** The scenario, and then its calm runs. */
    private List<Scenario> scenarios() {
        Stream<Scenario> calm = calmRates().stream().map(rate -> scenario.withRandomFailures(rate, CALM_DURATION));
        return Stream.concat(Stream.of(scenario), calm).toList();
    }

    private List<Double> calmRates() {
        return scenario.hasCalmRun() ? CALM_FAILURE_RATES : List.of();
    }

    private Stream<Run> runs(Scenario played) {
        return policies.entrySet().stream()
                .flatMap(policy -> LongStream.range(firstSeed, firstSeed + seeds)
                        .mapToObj(seed -> new Run(played, policy.getValue(), seed)));
    }

    private record Run(Scenario scenario, RetryPolicy policy, long seed) {}
}
