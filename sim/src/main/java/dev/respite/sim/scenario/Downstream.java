package dev.respite.sim.scenario;

import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.Optional;

/**
 * A service that another one calls.
 *
 * @param to its name
 * @param timeout how long the caller waits for each attempt, unless the policy has a limit
 * @param policy the policy of these calls; if empty, the run's policy applies
 * @param sharedBudget whether the servers of the caller share one retry budget, instead of having one each
 */
public record Downstream(String to, Optional<Duration> timeout, Optional<RetryPolicy> policy, boolean sharedBudget) {

    /**
     * Checks the timeout.
     *
     * @throws InvalidScenarioException if it is out of its range
     */
    public Downstream {
        timeout.ifPresent(limit -> Checks.positive("timeout", limit));
    }

    static Downstream of(String service) {
        return new Downstream(service, Optional.empty(), Optional.empty(), false);
    }

    Downstream withTo(String service) {
        return new Downstream(service, timeout, policy, sharedBudget);
    }

    Downstream withTimeout(Duration limit) {
        return new Downstream(to, Optional.of(limit), policy, sharedBudget);
    }

    Downstream withPolicy(RetryPolicy own) {
        return new Downstream(to, timeout, Optional.of(own), sharedBudget);
    }

    Downstream withSharedBudget() {
        return new Downstream(to, timeout, policy, true);
    }
}
