package dev.respite;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.text.ValueFormat;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The book of one hedged call: that of any call, kept for attempts that run side by side. At most one further attempt is paid
 * for and has not begun.
 *
 * <p>It is for one thread at a time, but for {@link #attemptStart}, {@link #call} and {@link #context}, which do not change.
 */
final class HedgedCallState<T extends @Nullable Object> {

    private final CallContext context;
    private final RetryBudget allowance;
    private final RetryCall<T> call;

    /** What the next attempt was paid as. */
    private @Nullable ErrorKind nextKind;

    /** What the budget took for it; null if it was free. */
    private @Nullable Grant nextGrant;

    private boolean isExhausted;

    /** One attempt, as it began; its recorder is its own. */
    record AttemptStart(
            Attempt attempt, long startNanos, @Nullable FlightRecorder recorder) {}

    /** Opens the book of a call that begins now, on this thread. */
    HedgedCallState(CallContext context, RetryBudget allowance) {
        this.context = context;
        this.allowance = allowance;
        this.call = new RetryCall<>(
                context, context.begin(), GivenUpFailures.epoch(), GivenUpFailures.current(), FlightRecorder.ofCall());
    }

    /** What is the same in every call. */
    RetryCall<T> call() {
        return call;
    }

    /** What it shares with other calls of the same retry. */
    CallContext context() {
        return context;
    }

    /** The number of the attempt that would be next. */
    int next() {
        return call.attempt().number() + 1;
    }

    /** An attempt of that number, as it begins now. */
    AttemptStart attemptStart(int number) {
        long now = call.elapsed();
        return new AttemptStart(new Attempt(number, call.policyTime(now), 0), now, FlightRecorder.ofCall());
    }

    /** The attempt that was paid for has begun. */
    void nextStarted() {
        call.hedgeStarted(Objects.requireNonNull(nextKind, "nothing was paid"));
        nextKind = null;
        nextGrant = null;
    }

    /** The attempt that was paid for will not be made. */
    void refundNext() {
        ErrorKind kind = Objects.requireNonNull(nextKind, "nothing was paid");
        if (kind.equals(RetryBudgets.HEDGE)) {
            allowance.refund(kind);
        }
        if (nextGrant != null) {
            context.budget().refund(nextGrant);
        }
        nextKind = null;
        nextGrant = null;
        isExhausted = true;
    }

    /** Returns whether a hedge may be requested, so long from now. */
    boolean mayHedge(long delayNanos) {
        int most = context.policy().limits().maxAttempts();
        long total = context.policy()
                .limits()
                .totalTimeout()
                .map(ValueFormat::saturatedNanos)
                .orElse(Long.MAX_VALUE);
        return !isExhausted && call.attempt().number() < most && call.elapsed() < total - delayNanos;
    }

    /** Returns whether a hedge is granted, by what limits hedges and by the budget that all retries have. */
    boolean acquireHedge() {
        if (!allowance.tryAcquire(RetryBudgets.HEDGE)) {
            context.counters().rejected();
            return false;
        }
        // Its latency is no sign of a queue: a hedge is sent because an attempt is slow.
        long now = call.elapsed();
        FailedAttempt slow = call.failedAttempt(call.attempt().number(), RetryBudgets.HEDGE, now, now);
        @Nullable Grant granted = context.budget().tryAcquireHedge(slow);
        if (granted == null) {
            allowance.refund(RetryBudgets.HEDGE);
            return false;
        }
        nextKind = RetryBudgets.HEDGE;
        nextGrant = granted;
        return true;
    }

    /**
     * An attempt has ended: what does that mean for the call? A next attempt that is paid for already is not paid for again.
     */
    Decision<T> attemptEnded(AttemptStart lap, Outcome<T> outcome, Verdict verdict, AtomicReference<Object[]> inner) {
        long now = call.elapsed();
        call.setAttemptStart(lap.startNanos());
        Decision<T> decision = decide(lap, call.attempt().at(call.policyTime(now)), outcome, verdict, inner, now);
        if (decision instanceof Decision.RetryAfter<T> again) {
            if (nextKind == null) {
                nextKind = again.kind();
                context.counters().delayed(again.delayNanos());
            }
        } else {
            isExhausted = true;
        }
        record(lap, now, OutcomeLabels.of(outcome, verdict), CallPublisher.delayOf(decision));
        @Nullable CallPublisher publisher = call.publisher();
        if (publisher != null) {
            publisher.publishFailure(lap.attempt().at(now), outcome, verdict, decision);
        }
        return decision;
    }

    /** The policy counts the attempts that were made, whichever of them has ended. */
    private Decision<T> decide(
            AttemptStart lap,
            Attempt newest,
            Outcome<T> outcome,
            Verdict verdict,
            AtomicReference<Object[]> inner,
            long now) {
        if (!(verdict instanceof Verdict.Transient error)) {
            return context.policy().decide(newest, outcome, verdict, 0);
        }
        FailedAttempt failed = call.failedAttempt(lap.attempt().number(), error.kind(), lap.startNanos(), now);
        Decision<T> decision = call.decideBeforeBudget(newest, outcome, error, inner, failed);
        if (nextKind != null
                || !(decision instanceof Decision.RetryAfter<T> again)
                || !CallBudget.concerns(again.kind())) {
            return decision;
        }
        @Nullable Grant granted = context.budget().tryAcquire(failed);
        if (granted == null) {
            return Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
        }
        nextGrant = granted;
        return decision;
    }

    /** Discards an outcome that no caller receives. */
    void discard(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Success<T> success) {
            context.reporter().discard(success.value());
        }
    }

    /** An attempt is broken off, since the call ends. */
    void recordCancelled(AttemptStart lap) {
        record(lap, call.elapsed(), "cancelled", OptionalLong.empty());
    }

    /** The call ends. */
    void end(Decision<T> last, Outcome<T> outcome) {
        call.end(last, outcome, call.elapsed());
        if (last instanceof Decision.Return<T> returned && returned.reason() == StopReason.ACCEPTED) {
            allowance.succeeded();
        }
    }

    private void record(AttemptStart lap, long now, String label, OptionalLong delay) {
        @Nullable CallPublisher publisher = call.publisher();
        if (publisher != null) {
            long start = lap.startNanos();
            publisher
                    .history()
                    .add(new History.Entry(lap.attempt().number(), label, start, now - start, delay), lap.recorder());
        }
    }
}
