package dev.respite.verification;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.TokenSpec;
import dev.respite.time.TimeSource;
import dev.respite.verification.OneEngineScript.Step;
import dev.respite.verification.OneEngineTrace.Line;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** The engine as a fold: nothing but {@code decide}, an addition of times, and a bucket that is queried last. */
final class OneEngineFold {

    /** How an attempt ends whose driver cuts it off when its time is up. */
    static final Outcome<Object> LATE = Outcome.failure(new TimeoutException("late"));

    private final RetryPolicy policy;
    private final boolean cuts;
    private final boolean hasThread;
    private final boolean waitsOnThread;
    private final Bucket bucket;

    /**
     * Calls under one policy and one budget.
     *
     * @param cuts whether the driver cuts attempts off when their time is up
     * @param hasThread whether the driver runs attempts on a thread that can be interrupted
     * @param waitsOnThread whether it waits on that thread too
     */
    OneEngineFold(RetryPolicy policy, boolean cuts, boolean hasThread, boolean waitsOnThread) {
        this.policy = policy;
        this.cuts = cuts;
        this.hasThread = hasThread;
        this.waitsOnThread = waitsOnThread;
        this.bucket = new Bucket(policy.budget());
    }

    OneEngineTrace call(List<Step> steps, TimeSource rolls) {
        boolean timed = policy.limits().totalTimeout().isPresent();
        List<Line> lines = new ArrayList<>();
        Attempt attempt = Attempt.FIRST;
        ErrorKind lastRetried = null;
        ErrorKind owed = null;
        long now = 0;
        while (true) {
            Step step = cut(OneEngineScript.step(steps, attempt), attempt);
            long start = now;
            now += step.durationNanos();
            Attempt end = attempt.at(timed ? now : 0);
            Outcome<Object> outcome = hasThread ? step.onItsThread() : step.outcome();
            Verdict verdict = policy.classify(outcome);
            boolean reached =
                    !(verdict instanceof Verdict.Transient error && error.kind().load() == ErrorKind.Load.NONE);
            owed = reached ? null : owed;
            Decision<Object> decision = policy.decide(end, outcome, verdict, rolls.roll());
            if (decision instanceof Decision.RetryAfter<Object> again && !bucket.take(again.kind())) {
                decision = Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
            }
            lines.add(new Line(attempt, start, attempt.at(now), OneEngineTrace.then(decision)));
            if (!(decision instanceof Decision.RetryAfter<Object> again)) {
                StopReason reason = OneEngineTrace.reason(decision);
                bucket.giveBack(owed);
                if (reason == StopReason.ACCEPTED) {
                    bucket.credit(lastRetried);
                }
                return new OneEngineTrace(lines, reason, outcome, now);
            }
            lastRetried = reached ? again.kind() : lastRetried;
            owed = reached ? again.kind() : owed;
            if (waitsOnThread && step.interrupt()) {
                // The flag is set when the wait begins, and ends it.
                bucket.giveBack(owed);
                return new OneEngineTrace(lines, StopReason.INTERRUPTED, outcome, now);
            }
            now += again.delayNanos();
            attempt = attempt.next(timed ? now : 0, again.backoffNanos());
        }
    }

    private Step cut(Step step, Attempt attempt) {
        long limit = policy.timeoutOf(attempt).map(Duration::toNanos).orElse(Long.MAX_VALUE);
        return cuts && step.durationNanos() > limit ? new Step(LATE, limit, false) : step;
    }

    double retriesLeft() {
        return bucket.retriesLeft();
    }

    /** A bucket as its specification describes it, for one thread; without tokens it grants everything. */
    private static final class Bucket {
        private final BudgetSpec spec;
        private BigDecimal tokens;

        Bucket(BudgetSpec spec) {
            this.spec = spec;
            this.tokens = BigDecimal.valueOf(spec instanceof TokenSpec bucket ? bucket.capacity() : 0);
        }

        boolean take(ErrorKind kind) {
            BigDecimal cost = BigDecimal.valueOf(spec instanceof TokenSpec bucket ? bucket.cost(kind) : 0);
            boolean granted = tokens.compareTo(cost) >= 0;
            tokens = granted ? tokens.subtract(cost) : tokens;
            return granted;
        }

        void credit(ErrorKind lastRetried) {
            if (spec instanceof TokenSpec bucket) {
                add(bucket, lastRetried == null ? bucket.firstAttemptDeposit() : bucket.afterRetryDeposit(lastRetried));
            }
        }

        void giveBack(ErrorKind owed) {
            if (owed != null && spec instanceof TokenSpec bucket) {
                add(bucket, bucket.cost(owed));
            }
        }

        private void add(TokenSpec bucket, double more) {
            tokens = tokens.add(BigDecimal.valueOf(more)).min(BigDecimal.valueOf(bucket.capacity()));
        }

        double retriesLeft() {
            return spec instanceof TokenSpec bucket
                    ? tokens.doubleValue() / bucket.cost(ErrorKind.OTHER)
                    : Double.POSITIVE_INFINITY;
        }
    }
}
