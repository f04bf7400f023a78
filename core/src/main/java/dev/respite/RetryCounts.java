package dev.respite;

import dev.respite.RetryEvent.BudgetWaitEnded;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Counts the ended calls of a retry, their attempts and their errors. Each call is counted once, when it ends; each
 * failed attempt when it fails. All of it only grows.
 *
 * @param calls calls that have ended
 * @param attempts attempts of those calls
 * @param endings calls by the reason for which they ended; reasons that did not occur are left out
 * @param errors attempts that were not accepted, by the kind of error; of a retry that meets more than 64 kinds, the rest
 *     count as {@link ErrorKind#OTHER}
 * @param callsByAttempts calls by how many attempts they took: the first number is of those that took one, the last of
 *     those that took {@value #MAX_COUNTED_ATTEMPTS} or more
 * @param delays the delays that were decided on, all together
 * @param rejectedByBudget how often the budget rejected a retry
 * @param budgetWaits the waits for the budget, where the policy has calls wait
 * @param multiplied attempts that were retried though a call inside them had given up
 */
public record RetryCounts(
        long calls,
        long attempts,
        Map<StopReason, Long> endings,
        Map<ErrorKind, Long> errors,
        List<Long> callsByAttempts,
        Duration delays,
        long rejectedByBudget,
        BudgetWaits budgetWaits,
        long multiplied) {

    /** The number of sizes of calls that are counted apart. */
    public static final int MAX_COUNTED_ATTEMPTS = 10;

    /** Copies the collections. */
    public RetryCounts {
        endings = Map.copyOf(endings);
        errors = Map.copyOf(errors);
        callsByAttempts = List.copyOf(callsByAttempts);
    }

    /**
     * Counts the calls that have waited for their budget.
     *
     * @param begun waits that have begun
     * @param endings waits that have ended, by how they ended
     * @param total the time that calls have spent in waits that have ended
     */
    public record BudgetWaits(long begun, Map<BudgetWaitEnded.Result, Long> endings, Duration total) {

        /** Copies the map. */
        public BudgetWaits {
            endings = Map.copyOf(endings);
        }

        /**
         * Returns the number of waits that ended in one way.
         *
         * @param result the way
         * @return 0 or more
         */
        public long ended(BudgetWaitEnded.Result result) {
            return endings.getOrDefault(result, 0L);
        }

        /** {@return the number of calls that wait at this moment} */
        public long waiting() {
            return Math.max(0, begun - ended());
        }

        /** {@return the number of waits that have ended} */
        public long ended() {
            return endings.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * Returns the number of calls that ended for a reason.
     *
     * @param reason the reason
     * @return 0 or more
     */
    public long ended(StopReason reason) {
        return endings.getOrDefault(reason, 0L);
    }
}
