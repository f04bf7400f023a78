package dev.respite.sim;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Scenario;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The results of a policy in a scenario: means over the runs, which differ by their seeds.
 *
 * @param name what the policy was called
 * @param policy the policy
 * @param results the runs, at least one
 * @param calm its results in calm runs with the same seeds, by their rate of random failures, the least first. Empty if the scenario
 *     {@linkplain Scenario#hasCalmRun() has no calm run}
 */
public record PolicySummary(
        String name, RetryPolicy policy, List<SimulationResult> results, Map<Double, PolicySummary> calm) {

    /** Copies the list and the map. */
    public PolicySummary {
        results = List.copyOf(results);
        calm = Collections.unmodifiableMap(new LinkedHashMap<>(calm));
    }

    /**
     * Creates the summary of a policy, without calm runs beside it.
     *
     * @param name what the policy was called
     * @param policy the policy
     * @param results the runs, at least one
     */
    public PolicySummary(String name, RetryPolicy policy, List<SimulationResult> results) {
        this(name, policy, results, Map.of());
    }

    /** This summary with calm runs beside it. */
    PolicySummary withCalm(Map<Double, PolicySummary> calm) {
        return new PolicySummary(name, policy, results, calm);
    }

    /**
     * The mean of something that was measured.
     *
     * @param measure what
     * @return the mean over the runs
     */
    public double mean(ToDoubleFunction<SimulationResult> measure) {
        return results.stream().mapToDouble(measure).average().orElse(0);
    }

    /**
     * The time to recover, of the calls of all runs together. Calls are counted over windows of 5 s, or of up to 20 s until a window
     * has 1,000 calls.
     *
     * @return whole seconds; empty if the runs together never recovered, had no call that succeeded, or were too short to show it
     */
    public OptionalInt recoverySeconds() {
        return recovery().seconds();
    }

    /**
     * Returns the recovery times of all runs but one, for each run that is left out: their spread is the spread of the recovery.
     *
     * @return whole seconds, as {@link #recoverySeconds()} has them; empty if there is one run only
     */
    public List<OptionalInt> recoverySecondsWithoutEach() {
        RecoveryTime all = recovery();
        return results.size() == 1
                ? List.of()
                : results.stream()
                        .map(result -> all.without(result.series()).seconds())
                        .toList();
    }

    private RecoveryTime recovery() {
        return RecoveryTime.of(
                results.get(0).scenario(),
                results.stream().map(SimulationResult::series).toList());
    }

    /** {@return the fraction of the calls that succeeded, from 0 to 1; 0 if there was no call} */
    public double successRatio() {
        double calls = mean(SimulationResult::calls);
        return calls == 0 ? 0 : mean(SimulationResult::succeeded) / calls;
    }

    /** Returns the durations of the calls of all runs that succeeded. */
    Latencies latencies() {
        return latencies(SimulationResult::latencies);
    }

    /** Returns the durations of the calls of all runs, with a result or with the failure of the last attempt. */
    Latencies answerTimes() {
        return latencies(SimulationResult::answerTimes);
    }

    private Latencies latencies(Function<SimulationResult, Latencies> times) {
        return Latencies.of(results.stream().map(times).toList());
    }

    /** {@return the number of calls by their stop reason, in its order, of those that have ended: means over the runs} */
    public Map<StopReason, Double> stopReasons() {
        Map<StopReason, Double> means = new EnumMap<>(StopReason.class);
        results.forEach(result -> result.stopReasons()
                .forEach((reason, calls) -> means.merge(reason, calls / (double) results.size(), Double::sum)));
        return Collections.unmodifiableMap(means);
    }

    /** Returns the sum of the delays of a call in nanoseconds, on average; 0 if there was no call. */
    double meanWaitNanos() {
        double calls = mean(SimulationResult::calls);
        return calls == 0 ? 0 : mean(result -> result.delays().toNanos()) / calls;
    }

    /**
     * {@return the results of the clients of each group, in the order of the load; one, called {@code all}, if the load names
     * none}
     */
    public List<GroupResult> groups() {
        return IntStream.range(0, results.get(0).groups().size())
                .mapToObj(number -> new GroupResult(
                        results.get(0).groups().get(number).name(),
                        mean(result -> result.groups().get(number).calls()),
                        mean(result -> result.groups().get(number).succeeded()),
                        mean(result -> result.groups().get(number).attempts())))
                .toList();
    }

    /** {@return the seconds of the runs, averaged} */
    public Series series() {
        return new Series(
                column(Series::calls),
                column(Series::requests),
                column(Series::goodput),
                column(Series::successes),
                column(Series::queue),
                column(Series::budget),
                column(Series::overloadBudget));
    }

    private List<Double> column(Function<Series, List<Double>> column) {
        List<List<Double>> columns =
                results.stream().map(result -> column.apply(result.series())).toList();
        return IntStream.range(0, columns.get(0).size())
                .mapToObj(second -> columns.stream()
                        .mapToDouble(numbers -> numbers.get(second))
                        .average()
                        .orElse(0))
                .toList();
    }
}
