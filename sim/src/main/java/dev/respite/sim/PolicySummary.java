package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a policy did in a scenario: means over the runs, which differ by their seeds.
 *
 * @param name what the policy was called
 * @param policy the policy
 * @param results the runs, at least one
 */
public record PolicySummary(String name, RetryPolicy policy, List<SimulationResult> results) {

    /** Copies the list. */
    public PolicySummary {
        results = List.copyOf(results);
    }

    /**
     * The name of the budgets that took the place of the policy's.
     *
     * @return the name; empty if the policy's budgets were used
     */
    public Optional<String> customBudget() {
        return results.get(0).customBudget();
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
     * The longest time to recover.
     *
     * @return whole seconds; empty if any of the runs never recovered, or was too short to show it
     */
    public OptionalInt recoverySeconds() {
        boolean all =
                results.stream().allMatch(result -> result.recoverySeconds().isPresent());
        return all
                ? results.stream()
                        .mapToInt(result -> result.recoverySeconds().orElse(0))
                        .max()
                : OptionalInt.empty();
    }

    /**
     * The part of the calls that succeeded.
     *
     * @return from 0 to 1; 0 if there was no call
     */
    public double success() {
        double calls = mean(SimulationResult::calls);
        return calls == 0 ? 0 : mean(SimulationResult::succeeded) / calls;
    }

    /**
     * How long calls took that succeeded: the mean over the runs in which any did.
     *
     * @param percentile from 0 to 100
     * @return milliseconds; empty if no call succeeded in any run
     */
    public OptionalDouble latencyMillis(double percentile) {
        return results.stream()
                .filter(result -> result.succeeded() > 0)
                .mapToDouble(result -> result.latency(percentile).toNanos() / 1e6)
                .average();
    }

    /**
     * How long a call waited, all its delays together.
     *
     * @return nanoseconds, on average; 0 if there was no call
     */
    public double meanWaitNanos() {
        double calls = mean(SimulationResult::calls);
        return calls == 0 ? 0 : mean(result -> result.delays().toNanos()) / calls;
    }

    /**
     * What the clients of each group did, in the order of the load.
     *
     * @return the groups; one, called {@code all}, if the load names none
     */
    public List<GroupSummary> groups() {
        return IntStream.range(0, results.get(0).groups().size())
                .mapToObj(number -> new GroupSummary(
                        results.get(0).groups().get(number).name(),
                        mean(result -> result.groups().get(number).calls()),
                        mean(result -> result.groups().get(number).succeeded()),
                        mean(result -> result.groups().get(number).attempts())))
                .toList();
    }

    /**
     * The seconds of the runs, averaged.
     *
     * @return the series
     */
    public Series series() {
        return new Series(
                column(Series::calls),
                column(Series::requests),
                column(Series::goodput),
                column(Series::queue),
                column(Series::budget));
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
