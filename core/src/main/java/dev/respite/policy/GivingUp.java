package dev.respite.policy;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.Explanation.Warning;
import dev.respite.text.ValueFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** The times after which calls give up if every attempt fails at once, by many calls with random delays. */
final class GivingUp {

    private static final int CALLS = 1_000;
    private static final int SEED = 1;

    /** From this attempt on the mean delay is taken as constant. */
    private static final int FOLLOWED = 10_000;

    /** The warnings that do not apply to a durable call, which costs a row while it waits. */
    private static final Set<String> OF_CALLS_IN_MEMORY =
            Set.of("many-attempts", "long-delay", "schedule-does-not-fit");

    private GivingUp() {}

    static Explanation explain(RetryPolicy policy) {
        Explanation inMemory = Explainer.explain(policy);
        List<Warning> warnings = new ArrayList<>();
        warnings.add(warning(policy));
        inMemory.warnings().stream()
                .filter(warning -> !OF_CALLS_IN_MEMORY.contains(warning.code()))
                .forEach(warnings::add);
        return new Explanation(policy, inMemory.retries(), inMemory.worstWait(), inMemory.fitsTotalTimeout(), warnings);
    }

    private static Warning warning(RetryPolicy policy) {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] ends = new long[CALLS];
        for (int i = 0; i < CALLS; i++) {
            ends[i] = end(policy, random);
        }
        Arrays.sort(ends);
        long median = ends[CALLS / 2];
        if (median == Long.MAX_VALUE) {
            return new Warning("gives-up-never", "a call whose attempts all fail never ends; give total-timeout");
        }
        String times = "if every attempt fails at once, half of the calls give up within "
                + ValueFormat.rounded((double) median) + ", and 95 % within "
                + ValueFormat.rounded((double) ends[CALLS * 95 / 100]);
        Optional<Duration> total = policy.limits().totalTimeout();
        boolean isEarly = total.isPresent() && median < ValueFormat.saturatedNanos(total.get()) / 2;
        return isEarly
                ? new Warning(
                        "gives-up-early",
                        times + ", long before the total timeout of " + ValueFormat.format(total.get())
                                + "; write max-attempts=unlimited to use all of it")
                : new Warning("gives-up-after", times);
    }

    /** Returns nanoseconds; {@link Long#MAX_VALUE} if the call never gives up. */
    private static long end(RetryPolicy policy, SplittableRandom random) {
        Outcome<Void> failure = Outcome.failure(new IOException("every attempt fails"));
        Verdict verdict = Verdict.transientError(ErrorKind.OTHER);
        Attempt attempt = new Attempt(1, 0, 0);
        while (attempt.number() < FOLLOWED) {
            Decision<Void> decision = policy.decide(attempt, failure, verdict, random.nextDouble());
            if (!(decision instanceof Decision.RetryAfter<Void> retry)) {
                return attempt.elapsedNanos();
            }
            long next = Numbers.saturatedAdd(attempt.elapsedNanos(), retry.delayNanos());
            attempt = attempt.next(next, retry.backoffNanos());
        }
        long byTimeout =
                policy.limits().totalTimeout().map(ValueFormat::saturatedNanos).orElse(Long.MAX_VALUE);
        if (policy.limits().isUnbounded()) {
            return byTimeout;
        }
        // The attempts that were not followed have the mean delay of those that were.
        double byAttempts = (double) attempt.elapsedNanos() * policy.limits().maxAttempts() / FOLLOWED;
        return Math.min((long) byAttempts, byTimeout);
    }
}
