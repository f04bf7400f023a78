package dev.respite.sim.foresight;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.Explanation;
import dev.respite.policy.PlannedDelay;
import dev.respite.policy.RetryPolicy;
import dev.respite.text.ValueFormat;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The retries of a policy after timeouts.
 *
 * @param budget what retries are paid from
 * @param attempts the most attempts of a call, at least 1
 * @param delays the least and the greatest delay before each retry; empty if there is none
 * @param totalSeconds the limit of a call
 */
record TimeoutRetries(BudgetSpec budget, int attempts, List<PlannedDelay> delays, OptionalDouble totalSeconds) {

    static TimeoutRetries of(RetryPolicy policy) {
        Explanation explanation = Explanation.of(policy);
        return new TimeoutRetries(
                policy.budget(),
                explanation.maxAttempts(ErrorKind.TIMEOUT),
                explanation.retries(ErrorKind.TIMEOUT),
                policy.limits()
                        .totalTimeout()
                        .map(total -> OptionalDouble.of(ValueFormat.saturatedNanos(total) / 1e9))
                        .orElse(OptionalDouble.empty()));
    }

    TimeoutRetries withBudget(BudgetSpec other) {
        return new TimeoutRetries(other, attempts, delays, totalSeconds);
    }

    TimeoutRetries withAttempts(int other) {
        return new TimeoutRetries(budget, other, delays, totalSeconds);
    }

    /** Seconds before the retry of such an attempt, {@code fraction} from 0 to 1 between the least and the greatest delay. */
    double delaySeconds(int attempt, double fraction) {
        if (delays.isEmpty()) {
            return 0;
        }
        PlannedDelay retry = delays.get(Math.min(attempt, delays.size()) - 1);
        return (retry.minNanos() + fraction * (retry.maxNanos() - retry.minNanos())) / 1e9;
    }

    /** Returns whether there is time for another attempt of a call that has taken so long. */
    boolean isInTime(double seconds) {
        return totalSeconds.isEmpty() || seconds < totalSeconds.getAsDouble();
    }
}
