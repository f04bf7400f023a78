package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A scenario in which attempts fail by chance, at every rate of failures from 0 to 100 %. */
public final class FailureSweep {

    /**
     * The failure rates that are swept, in percent.
     */
    public static final List<Double> PERCENTS =
            IntStream.rangeClosed(0, 10).mapToObj(tenth -> 10.0 * tenth).toList();

    /** Long enough for what budgets begin with to be little of what they pay. */
    private static final Duration LONGEST = Duration.ofSeconds(100);

    private final Scenario scenario;

    private FailureSweep(Scenario scenario) {
        this.scenario = scenario;
    }

    /**
     * Returns whether a scenario fails by chance, and by nothing else.
     *
     * @param scenario the scenario
     * @return true if it can be swept
     */
    public static boolean suits(Scenario scenario) {
        return scenario.faults().isEmpty() && scenario.focus().failures().part() > 0;
    }

    /**
     * Creates the sweep of a scenario.
     *
     * @param scenario one that {@linkplain #suits suits}
     * @return the sweep
     */
    public static FailureSweep of(Scenario scenario) {
        return new FailureSweep(scenario);
    }

    /**
     * Simulates a policy at each failure rate.
     *
     * @param policy the policy
     * @param budget the budget in place of the policy's
     * @param seed the seed
     * @return attempts for each call, in the order of {@link #PERCENTS}
     */
    public List<Double> amplification(RetryPolicy policy, Optional<CustomBudget> budget, long seed) {
        return PERCENTS.parallelStream()
                .map(percent -> new SimulationRun(
                                scenario.withRandomFailures(percent / 100, LONGEST), policy, budget, seed, () -> {})
                        .run()
                        .amplification())
                .toList();
    }
}
