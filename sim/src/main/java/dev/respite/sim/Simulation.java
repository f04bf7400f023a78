package dev.respite.sim;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Scenario;
import java.time.Duration;
import java.util.SortedMap;

/**
 * Runs scenarios. The driver, the policy and the budgets are those of production; the same seed gives the same result, on
 * any JDK and in any time zone.
 */
public final class Simulation {

    private Simulation() {}

    /**
     * Runs a scenario under a policy, with the seed 1.
     *
     * @param scenario the scenario
     * @param policy the policy, of every client and of every service that calls another
     * @return the measured figures
     */
    public static SimulationResult simulate(Scenario scenario, RetryPolicy policy) {
        return simulate(scenario, policy, 1);
    }

    /**
     * Runs a scenario under a policy.
     *
     * @param scenario the scenario
     * @param policy the policy, of every client and of every service that calls another
     * @param seed what decides all chance; two policies meet the same arrivals and the same faults
     * @return the measured figures
     */
    public static SimulationResult simulate(Scenario scenario, RetryPolicy policy, long seed) {
        return new SimulationRun(scenario, policy, seed, () -> {}).run();
    }

    /**
     * Runs a scenario under a policy with a listener. The result is the same as without one.
     *
     * @param scenario the scenario
     * @param policy the policy, of every client and of every service that calls another
     * @param seed what decides all chance
     * @param listener what receives the events of the run, on the calling thread
     * @return the measured figures
     * @throws IllegalArgumentException if the listener's sample interval is below 1 ms
     */
    public static SimulationResult observe(
            Scenario scenario, RetryPolicy policy, long seed, SimulationListener listener) {
        return observe(new SimulationResult.Setting(scenario, seed), policy, listener);
    }

    /**
     * Runs a scenario with a listener under policies that follow each other. Until a policy is replaced, the run is the same as one in
     * which it is not.
     *
     * @param scenario the scenario
     * @param policies the policies by the times from which they apply to calls that begin, the first at zero. Each comes with new
     *     budgets. A layer or a group that has a policy of its own keeps it.
     * @param seed what decides all chance
     * @param listener what receives the events of the run, on the calling thread
     * @return the measured figures
     * @throws IllegalArgumentException if the first time is not zero, or the listener's sample interval is below 1 ms
     */
    public static SimulationResult observe(
            Scenario scenario, SortedMap<Duration, RetryPolicy> policies, long seed, SimulationListener listener) {
        if (policies.isEmpty() || !policies.firstKey().isZero()) {
            throw new IllegalArgumentException("policies at " + policies.keySet() + ": the first must be at zero");
        }
        SimulationRun run = new SimulationRun(
                new SimulationResult.Setting(scenario, seed),
                policies.values().iterator().next(),
                () -> {},
                listener);
        policies.forEach(run::replacePolicy);
        return run.run();
    }

    /**
     * Repeats a run with a listener.
     *
     * @param result the result of the run
     * @param policy the policy of the run
     * @param listener what receives the events of the run, on the calling thread
     * @return the same result
     * @throws IllegalArgumentException if the listener's sample interval is below 1 ms
     */
    public static SimulationResult repeat(SimulationResult result, RetryPolicy policy, SimulationListener listener) {
        return observe(result.setting(), policy, listener);
    }

    static SimulationResult observe(SimulationResult.Setting setting, RetryPolicy policy, SimulationListener listener) {
        return new SimulationRun(setting, policy, () -> {}, listener).run();
    }
}
