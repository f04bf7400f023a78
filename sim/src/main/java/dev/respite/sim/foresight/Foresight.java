package dev.respite.sim.foresight;

import dev.respite.policy.RetryPolicy;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Predicts, without a simulation, whether retries of all clients keep a target overloaded after an outage.
 *
 * <p>The outage is the hardest one of the measurements of budgets. For 10 s the target sends no response. After that it serves
 * its full capacity, with three workers and exponential service times. Its queue has no bound. If a target rejects all requests
 * beyond {@code capacity × timeout}, waiting requests get a response in time, and retries do not prolong the outage. {@code
 * OutageModel} has the
 * formulas.
 *
 * @param demand the fleet and its target
 * @param risk whether retries prolong the outage
 * @param burst the most retries that all clients together can make before a call succeeds again; empty if nothing bounds them
 * @param retries the expected number of retries that are granted in the 120 s after the outage
 * @param recovery how long the recovery takes at worst: with more requests than expected when the outage ends
 * @param deciding the setting that decides
 */
public record Foresight(
        FleetDemand demand,
        Risk risk,
        OptionalDouble burst,
        double retries,
        Recovery recovery,
        DecisiveSetting deciding) {

    /** The seconds of a recovery that takes longer than {@value #MAX_RECOVERY_SECONDS} s. */
    private static final int NEVER = 120;

    /** The longest recovery that the model distinguishes from no recovery, in seconds. */
    public static final int MAX_RECOVERY_SECONDS = OutageModel.AFTER_SECONDS - OutageModel.STABLE_SECONDS;

    /** The risk that retries prolong an outage. */
    public enum Risk {
        /** They do not, nor with more requests than expected when the outage ends. */
        NONE,
        /** They do not in the mean, and do with more requests than expected: some outages are prolonged, others are not. */
        CLOSE,
        /** They do. */
        HARMFUL
    }

    /**
     * The calculated worst-case time from the end of the outage to the beginning of 20 s in which 95 % of the calls succeed.
     *
     * @param seconds whole seconds; empty if it takes longer than {@value #MAX_RECOVERY_SECONDS} s
     * @param withoutRetries the same without retries
     */
    public record Recovery(OptionalInt seconds, OptionalInt withoutRetries) {

        /** At most 1.3 times as long as without retries, and 2 s. */
        boolean isHarmed() {
            return seconds.orElse(NEVER) > 1.3 * withoutRetries.orElse(NEVER) + 2;
        }
    }

    /**
     * The setting that decides.
     *
     * @param key the key of the policy, or {@code capacity} if no setting of the policy helps
     * @param change the setting with which the answer would be the opposite, as in a policy; empty if there is none
     * @param changed the recovery with that setting, or as it is if there is none
     */
    public record DecisiveSetting(String key, Optional<String> change, Recovery changed) {}

    /**
     * Calculates it, in some 0.1 s. Pure: the same arguments give the same result.
     *
     * @param policy the policy of every client; its attempt timeout replaces the timeout of the demand
     * @param demand the fleet and its target
     * @return what follows
     */
    public static Foresight of(RetryPolicy policy, FleetDemand demand) {
        FleetDemand limited = policy.limits()
                .attemptTimeout()
                .map(timeout -> new FleetDemand(demand.clients(), demand.rate(), demand.capacity(), timeout))
                .orElse(demand);
        return new Forecast(policy, limited).foresight();
    }

    /**
     * Returns the requests that the target can serve beyond first attempts.
     *
     * @return requests a second, above 0
     */
    public double spareCapacity() {
        return demand.capacity() - demand.rate();
    }

    /**
     * Returns whether the recovery takes more than 1.3 times as long as without retries and 2 s.
     *
     * @return true if it does, at worst
     */
    public boolean isHarmful() {
        return risk != Risk.NONE;
    }
}
