package dev.respite;

import dev.respite.policy.StopReason;
import java.util.Map;

/**
 * How many calls and attempts a {@link Retry} has made so far. Each call is counted once, when it ends.
 *
 * @param calls calls that have ended
 * @param attempts attempts of those calls
 * @param endings calls by the reason for which they ended; reasons that did not occur are left out
 */
public record RetryCounts(long calls, long attempts, Map<StopReason, Long> endings) {

    /**
     * Copies the map.
     *
     * @param calls as the record has it
     * @param attempts as the record has it
     * @param endings as the record has it
     */
    public RetryCounts {
        endings = Map.copyOf(endings);
    }

    /**
     * How many calls ended for a reason.
     *
     * @param reason the reason
     * @return 0 or more
     */
    public long ended(StopReason reason) {
        return endings.getOrDefault(reason, 0L);
    }
}
