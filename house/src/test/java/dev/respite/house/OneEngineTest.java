package dev.respite.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.RetryBudget;
import dev.respite.RetryEvent;
import dev.respite.VirtualTime;
import dev.respite.house.OneEngineScript.Step;
import dev.respite.policy.Attempt;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.Decision;
import dev.respite.policy.ErrorKind;
import dev.respite.policy.Outcome;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.StopReason;
import dev.respite.policy.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * One brain: a random policy and a random script of outcomes leave the same trace in a plain fold of {@link
 * RetryPolicy#decide}, which is written here, and in each driver.
 *
 * <p>More scripts than a build runs: {@code ./mvnw verify -pl house -am -Drespite.scripts=200000}.
 */
class OneEngineTest {

    private static final int SCRIPTS = Integer.getInteger("respite.scripts", 20_000);

    /** How many calls share one budget. */
    private static final int CALLS = 4;

    /** A step of a call: the attempt as it began, when that was, when it ended, and the delay or the reason that followed. */
    private record Line(Attempt begun, long startNanos, Attempt ended, String then) {}

    private record Trace(List<Line> lines, StopReason reason, Outcome<Object> outcome, long elapsedNanos) {}

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    @Test
    void foldAndBlockingDriver_ofRandomPoliciesAndScripts_leaveTheSameTraces() {
        for (int seed = 0; seed < SCRIPTS; seed++) {
            OneEngineScript script = new OneEngineScript(seed);
            RetryPolicy policy = script.policy();
            Bucket bucket = new Bucket(policy.budget());
            RetryBudget budget = RetryBudget.of(policy.budget(), new VirtualTime());
            RetryBudget unheard = RetryBudget.of(policy.budget(), new VirtualTime());
            for (int call = 0; call < CALLS; call++) {
                List<Step> steps = script.steps();
                Trace folded = fold(policy, steps, new VirtualTime(seed + call), bucket);
                String about = "seed " + seed + ", call " + call + ": " + policy + "\n" + steps;
                assertThat(driven(policy, steps, new VirtualTime(seed + call), budget))
                        .as(about)
                        .isEqualTo(folded);
                assertUnheard(about, folded, policy, steps, new VirtualTime(seed + call), unheard);
                assertThat(budget.retriesLeft()).as(about).isEqualTo(bucket.retriesLeft());
            }
        }
    }

    @Test
    void scripts_reachEveryEnd() {
        List<StopReason> reasons = new ArrayList<>();
        for (int seed = 0; seed < 2_000; seed++) {
            OneEngineScript script = new OneEngineScript(seed);
            RetryPolicy policy = script.policy();
            Bucket bucket = new Bucket(policy.budget());
            for (int call = 0; call < CALLS; call++) {
                reasons.add(fold(policy, script.steps(), new VirtualTime(seed), bucket)
                        .reason());
            }
        }
        assertThat(reasons)
                .contains(
                        StopReason.ACCEPTED,
                        StopReason.FATAL,
                        StopReason.ATTEMPTS_EXHAUSTED,
                        StopReason.TOTAL_TIMEOUT,
                        StopReason.BUDGET_EXHAUSTED,
                        StopReason.HINT_TOO_LONG,
                        StopReason.INTERRUPTED,
                        StopReason.CANCELLED);
    }

    /** The engine as a fold: nothing but {@code decide}, an addition of times, and a bucket that is asked last. */
    private static Trace fold(RetryPolicy policy, List<Step> steps, VirtualTime rolls, Bucket bucket) {
        boolean timed = policy.limits().totalTimeout().isPresent();
        List<Line> lines = new ArrayList<>();
        Attempt attempt = Attempt.FIRST;
        ErrorKind lastRetried = null;
        ErrorKind owed = null;
        long now = 0;
        for (int i = 0; ; i++) {
            Step step = steps.get(Math.min(i, steps.size() - 1));
            long start = now;
            now += step.durationNanos();
            Attempt end = attempt.at(timed ? now : 0);
            Verdict verdict = policy.classify(step.outcome());
            boolean reached =
                    !(verdict instanceof Verdict.Transient error && error.kind().load() == ErrorKind.Load.NONE);
            owed = reached ? null : owed;
            Decision<Object> decision = policy.decide(end, step.outcome(), verdict, rolls.roll());
            if (decision instanceof Decision.RetryAfter<Object> again && !bucket.take(again.kind())) {
                decision = Decision.stop(step.outcome(), StopReason.BUDGET_EXHAUSTED);
            }
            lines.add(new Line(attempt, start, end, then(decision)));
            if (!(decision instanceof Decision.RetryAfter<Object> again)) {
                StopReason reason = reason(decision);
                bucket.giveBack(owed);
                if (reason == StopReason.ACCEPTED) {
                    bucket.credit(lastRetried);
                }
                return new Trace(lines, reason, step.outcome(), now);
            }
            now += again.delayNanos();
            lastRetried = reached ? again.kind() : lastRetried;
            owed = reached ? again.kind() : owed;
            attempt = attempt.next(timed ? now : 0, again.backoffNanos());
        }
    }

    private static Trace driven(RetryPolicy policy, List<Step> steps, VirtualTime time, RetryBudget budget) {
        List<Attempt> begun = new ArrayList<>();
        List<Long> starts = new ArrayList<>();
        List<RetryEvent> events = new ArrayList<>();
        Retry retry = Retry.of(policy, time).withBudget(budget).withListener(events::add);
        Outcome<Object> outcome = run(retry, attempt -> {
            begun.add(attempt);
            starts.add(time.nanoTime());
            return play(steps, attempt, time);
        });
        List<Line> lines = new ArrayList<>();
        RetryEvent.CallEnded ended = (RetryEvent.CallEnded) events.remove(events.size() - 1);
        for (RetryEvent event : events) {
            RetryEvent.AttemptFailed failed = (RetryEvent.AttemptFailed) event;
            int i = lines.size();
            lines.add(new Line(begun.get(i), starts.get(i), failed.attempt(), then(failed.decision())));
        }
        if (ended.reason() == StopReason.ACCEPTED) {
            int i = lines.size();
            boolean timed = policy.limits().totalTimeout().isPresent();
            Attempt last = begun.get(i).at(timed ? time.nanoTime() : 0);
            lines.add(new Line(begun.get(i), starts.get(i), last, StopReason.ACCEPTED.toString()));
        }
        assertThat(lines).hasSameSizeAs(begun);
        assertThat(ended.outcome()).isEqualTo(outcome);
        assertThat(ended.history().attempts()).isEqualTo(begun.size());
        assertThat(ended.history().elapsed()).isEqualTo(Duration.ofNanos(time.nanoTime()));
        return new Trace(lines, ended.reason(), outcome, time.nanoTime());
    }

    /** The lane of calls to which nobody listens comes to the same end at the same time. */
    private static void assertUnheard(
            String about, Trace folded, RetryPolicy policy, List<Step> steps, VirtualTime time, RetryBudget budget) {
        Retry retry = Retry.of(policy, time).withBudget(budget);
        assertThat(run(retry, attempt -> play(steps, attempt, time))).as(about).isEqualTo(folded.outcome());
        assertThat(time.nanoTime()).as(about).isEqualTo(folded.elapsedNanos());
        assertThat(retry.counts().attempts()).as(about).isEqualTo(folded.lines().size());
        assertThat(retry.counts().ended(folded.reason())).as(about).isEqualTo(1);
    }

    private static Object play(List<Step> steps, Attempt attempt, VirtualTime time) throws Exception {
        Step step = steps.get(Math.min(attempt.number(), steps.size()) - 1);
        time.advance(Duration.ofNanos(step.durationNanos()));
        if (step.outcome() instanceof Outcome.Failure<Object> failure) {
            if (failure.error() instanceof Error error) {
                throw error;
            }
            throw (Exception) failure.error();
        }
        return ((Outcome.Success<Object>) step.outcome()).value();
    }

    private static Outcome<Object> run(Retry retry, dev.respite.Operation<Object, Exception> operation) {
        try {
            return Outcome.success(retry.call(operation));
        } catch (Throwable error) {
            return Outcome.failure(error);
        } finally {
            Thread.interrupted();
        }
    }

    private static String then(Decision<?> decision) {
        return decision instanceof Decision.RetryAfter<?> again
                ? again.delayNanos() + " ns after " + again.kind()
                : reason(decision).toString();
    }

    private static StopReason reason(Decision<?> decision) {
        return decision instanceof Decision.Return<?> returned
                ? returned.reason()
                : ((Decision.Throw<?>) decision).reason();
    }

    /** A bucket as its specification describes it, for one thread; without tokens it grants everything. */
    private static final class Bucket {
        private final BudgetSpec spec;
        private BigDecimal tokens;

        Bucket(BudgetSpec spec) {
            this.spec = spec;
            this.tokens = BigDecimal.valueOf(spec instanceof BudgetSpec.Tokens bucket ? bucket.capacity() : 0);
        }

        boolean take(ErrorKind kind) {
            BigDecimal cost = BigDecimal.valueOf(spec instanceof BudgetSpec.Tokens bucket ? bucket.cost(kind) : 0);
            boolean granted = tokens.compareTo(cost) >= 0;
            tokens = granted ? tokens.subtract(cost) : tokens;
            return granted;
        }

        void credit(ErrorKind lastRetried) {
            if (spec instanceof BudgetSpec.Tokens bucket) {
                add(bucket, lastRetried == null ? bucket.firstTryCredit() : bucket.afterRetryCredit(lastRetried));
            }
        }

        void giveBack(ErrorKind owed) {
            if (owed != null && spec instanceof BudgetSpec.Tokens bucket) {
                add(bucket, bucket.cost(owed));
            }
        }

        private void add(BudgetSpec.Tokens bucket, double more) {
            tokens = tokens.add(BigDecimal.valueOf(more)).min(BigDecimal.valueOf(bucket.capacity()));
        }

        double retriesLeft() {
            return spec instanceof BudgetSpec.Tokens bucket
                    ? tokens.doubleValue() / bucket.cost(ErrorKind.OTHER)
                    : Double.POSITIVE_INFINITY;
        }
    }
}
