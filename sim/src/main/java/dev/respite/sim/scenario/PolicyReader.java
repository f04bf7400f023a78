package dev.respite.sim.scenario;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;

/** Reads the policies of layers that have one of their own. */
final class PolicyReader {

    private PolicyReader() {}

    static RetryPolicy policy(String text) {
        try {
            return RetryPolicy.parse(text);
        } catch (InvalidPolicyException wrong) {
            throw new InvalidScenarioException(String.valueOf(wrong.getMessage()));
        }
    }
}
