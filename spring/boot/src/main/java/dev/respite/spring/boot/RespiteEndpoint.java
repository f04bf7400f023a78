package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.RetryCounts;
import dev.respite.outcome.StopReason;
import dev.respite.policy.Explanation;
import dev.respite.policy.PlannedDelay;
import dev.respite.spring.Retries;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** Shows the retries of the application: {@code /actuator/respite} and, with its name, each by itself. */
@Endpoint(id = "respite")
final class RespiteEndpoint {

    private final Retries retries;
    private final RecentGiveUps recent;
    private final Supplier<@Nullable Object> durable;

    RespiteEndpoint(Retries retries, RecentGiveUps recent, Supplier<@Nullable Object> durable) {
        this.retries = retries;
        this.recent = recent;
        this.durable = durable;
    }

    /**
     * All retries.
     *
     * @param policies the policy of each in its text form
     * @param durable the durable calls; null if the application has none
     */
    record Overview(Map<String, String> policies, @Nullable Object durable) {}

    /**
     * One retry.
     *
     * @param policy every value of its policy
     * @param delays the delays before its first retries, in milliseconds
     * @param warnings the warnings of the policy
     * @param counts the counts so far
     * @param budget its budget; the origins of HTTP clients have budgets of their own
     * @param giveUps the calls that gave up last, the newest first
     */
    record Details(
            Map<String, String> policy,
            List<Delay> delays,
            List<String> warnings,
            Counts counts,
            Budget budget,
            List<RecentGiveUps.GiveUp> giveUps) {}

    /** The delay before a retry, in milliseconds. */
    record Delay(int retry, double least, double mean, double greatest) {}

    /** The counts of a retry, with its calls by the reason of their end. */
    record Counts(long calls, long attempts, long rejectedByBudget, Map<String, Long> ended) {}

    /** A budget: its form, and the retries of an ordinary error that it would grant now; null where there is no limit. */
    record Budget(String specification, @Nullable Double retriesLeft) {}

    @ReadOperation
    Overview all() {
        Map<String, String> policies = new TreeMap<>();
        retries.names()
                .forEach(name -> policies.put(name, retries.get(name).policy().toString()));
        return new Overview(policies, durable.get());
    }

    @ReadOperation
    @Nullable
    Details one(@Selector String name) {
        return retries.find(name).map(this::details).orElse(null);
    }

    private Details details(Retry retry) {
        Explanation explanation = Explanation.of(retry.policy());
        double left = retry.budget().retriesLeft();
        return new Details(
                retry.policy().settings(),
                explanation.retries().stream().map(RespiteEndpoint::delay).toList(),
                explanation.warnings().stream()
                        .map(warning -> warning.code() + ": " + warning.message())
                        .toList(),
                counts(retry.counts()),
                new Budget(retry.policy().budget().toString(), Double.isInfinite(left) ? null : left),
                recent.of(retry.name()));
    }

    private static Delay delay(PlannedDelay retry) {
        return new Delay(retry.number(), retry.minNanos() / 1e6, retry.meanNanos() / 1e6, retry.maxNanos() / 1e6);
    }

    private static Counts counts(RetryCounts counts) {
        Map<String, Long> ended = new TreeMap<>();
        for (StopReason reason : StopReason.values()) {
            if (counts.ended(reason) > 0) {
                ended.put(reason.phrase(), counts.ended(reason));
            }
        }
        return new Counts(counts.calls(), counts.attempts(), counts.rejectedByBudget(), ended);
    }
}
