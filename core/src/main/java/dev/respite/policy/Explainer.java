package dev.respite.policy;

import dev.respite.outcome.ErrorKind;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Creates an {@link Explanation}. */
final class Explainer {

    /** The number of retries whose delays are added; from there on the greatest delay is taken as constant. */
    private static final int FOLLOWED = 10_000;

    private Explainer() {}

    static Explanation explain(RetryPolicy policy) {
        if (!(policy.backoff() instanceof BackoffFormula schedule)) {
            return new Explanation(policy, List.of(), Optional.empty(), true, Lint.warnings(policy, true));
        }
        int attempts = policy.limits().maxAttempts();
        long worst = Math.max(worst(schedule, attempts), worstOfRules(policy, schedule));
        boolean bounded = !policy.limits().isUnbounded();
        Optional<Duration> total = policy.limits().totalTimeout();
        boolean endsByTimeout = !bounded && policy.limits().unboundedReason().isEmpty();
        boolean fits = total.isEmpty() || endsByTimeout || (bounded && worst < ValueFormat.saturatedNanos(total.get()));
        Optional<Duration> worstWait = bounded ? Optional.of(Duration.ofNanos(worst)) : Optional.empty();
        return new Explanation(policy, retries(schedule, attempts - 1), worstWait, fits, Lint.warnings(policy, fits));
    }

    /** The delays before the retries of one kind of error; none where the backoff was written in code. */
    static List<PlannedDelay> retries(RetryPolicy policy, ErrorKind kind) {
        Optional<BackoffFormula> own = policy.rules().rules().byKind(kind).flatMap(ErrorRules.Rule::backoff);
        if (own.isEmpty() && !(policy.backoff() instanceof BackoffFormula)) {
            return List.of();
        }
        BackoffFormula schedule = own.orElseGet(() -> (BackoffFormula) policy.backoff());
        return retries(schedule, Amplification.maxAttempts(policy, kind) - 1);
    }

    private static List<PlannedDelay> retries(BackoffFormula schedule, int retries) {
        List<PlannedDelay> listed = new ArrayList<>();
        DecorrelatedMean mean = new DecorrelatedMean(schedule.settings());
        for (int n = 1; n <= Math.min(retries, Explanation.MAX_LISTED); n++) {
            listed.add(new PlannedDelay(n, least(schedule, n), mean(schedule, n, mean), greatest(schedule, n)));
        }
        return listed;
    }

    /** The longest wait of a call all of whose errors are of one kind that has a rule. */
    private static long worstOfRules(RetryPolicy policy, BackoffFormula general) {
        long worst = 0;
        for (ErrorRules.Rule rule : policy.rules().rules().entries().values()) {
            int attempts = rule.maxAttempts().orElse(policy.limits().maxAttempts());
            worst = Math.max(worst, worst(rule.backoff().orElse(general), attempts));
        }
        return worst;
    }

    private static long worst(BackoffFormula schedule, int attempts) {
        int retries = attempts - 1;
        long worst = 0;
        long most = 0;
        for (int n = 1; n <= Math.min(retries, FOLLOWED); n++) {
            most = greatest(schedule, n);
            worst = Numbers.saturatedAdd(worst, most);
        }
        return retries <= FOLLOWED ? worst : Numbers.saturatedAdd(worst, saturatedMultiply(most, retries - FOLLOWED));
    }

    private static boolean isDecorrelated(BackoffFormula schedule) {
        return schedule.settings().kind() == BackoffKind.DECORRELATED;
    }

    private static long least(BackoffFormula schedule, int n) {
        BackoffSettings settings = schedule.settings();
        return isDecorrelated(schedule)
                ? settings.base()
                : settings.jitter().apply(schedule.capped(n), settings.cap(), 0);
    }

    private static long greatest(BackoffFormula schedule, int n) {
        BackoffSettings settings = schedule.settings();
        return isDecorrelated(schedule)
                ? schedule.capped(n)
                : settings.jitter().apply(schedule.capped(n), settings.cap(), 1);
    }

    private static double mean(BackoffFormula schedule, int n, DecorrelatedMean decorrelated) {
        return isDecorrelated(schedule)
                ? decorrelated.next()
                : (least(schedule, n) + (double) greatest(schedule, n)) / 2;
    }

    private static long saturatedMultiply(long nanos, int times) {
        boolean overflows = nanos != 0 && times > Long.MAX_VALUE / nanos;
        return overflows ? Long.MAX_VALUE : nanos * times;
    }
}
