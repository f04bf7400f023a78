package dev.respite.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * The limits of a call.
 *
 * @param maxAttempts the most attempts, at least 1; {@link Integer#MAX_VALUE}, as many as can be counted, where there is no
 *     limit
 * @param totalTimeout the longest that the call may take; empty for no limit
 * @param attemptTimeout the longest that an attempt may take, where the driver can end one; empty for no limit
 * @param unboundedReason why the policy has no limit of attempts; empty where it has one, or where it leaves the end to the
 *     total timeout
 * @param budgetWait how long a call waits for its budget, where that has rejected a retry; empty if a rejection ends the call
 * @param nested the treatment of a failure on which a call inside this one has given up
 */
public record Limits(
        int maxAttempts,
        Optional<Duration> totalTimeout,
        Optional<Duration> attemptTimeout,
        Optional<String> unboundedReason,
        Optional<BudgetWait> budgetWait,
        Nested nested) {

    /**
     * {@return whether the number of attempts has no limit, since a reason was given for that, or the total timeout alone ends
     * a call}
     */
    public boolean isUnbounded() {
        return maxAttempts == Integer.MAX_VALUE;
    }
}
