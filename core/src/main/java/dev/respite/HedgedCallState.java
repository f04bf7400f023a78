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
import org.jspecify.annotations.Nullable;

/**
 * The engine of one hedged call, with a time and a flight recorder for each attempt, and its payments. At most one further attempt
 * is paid for and has not begun. It is for one thread at a time, but for {@link #elapsedNanos} and {@link #begun}.
 */
final class HedgedCallState<T extends @Nullable Object> {

    private final CallContext context;
    private final RetryCall<T> call;
    private final RetryBudget allowance;

    /** The kind of error as whose retry the next attempt was paid; null if none was. */
    private @Nullable ErrorKind nextKind;

    /** The grant of the budget for it; null if it was free. */
    private @Nullable Grant nextGrant;

    private boolean isExhausted;

    /** Begins a call on this thread. */
    HedgedCallState(CallContext context, RetryBudget allowance) {
        this.context = context;
        this.call = new RetryCall<>(
                context, context.begin(), GivenUpFailures.epoch(), GivenUpFailures.current(), FlightRecorder.ofCall());
        this.allowance = allowance;
    }

    long elapsedNanos() {
        return call.elapsed();
    }

    /** Returns an attempt as its operation sees it. */
    Attempt begun(HedgedAttempt<T> attempt) {
        return new Attempt(attempt.number(), call.policyTime(attempt.startNanos()), 0);
    }

    /** Returns an attempt with the number that follows, which has not begun. */
    HedgedAttempt<T> next() {
        return new HedgedAttempt<>(call.attempt().number() + 1);
    }

    /** Notes that the attempt that was paid for has begun. */
    void nextStarted() {
        call.hedgeStarted(Objects.requireNonNull(nextKind, "nothing was paid"));
        nextKind = null;
        nextGrant = null;
    }

    /** Refunds the attempt that was paid for, which will not be made. */
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

    /** Returns whether a hedge may be requested after that delay from now. */
    boolean mayHedge(long delayNanos) {
        int maxAttempts = context.policy().limits().maxAttempts();
        long total = context.policy()
                .limits()
                .totalTimeout()
                .map(ValueFormat::saturatedNanos)
                .orElse(Long.MAX_VALUE);
        return !isExhausted && call.attempt().number() < maxAttempts && call.elapsed() < total - delayNanos;
    }

    /**
     * Returns whether a hedge is granted, by the limit of hedges and by the budget of all retries. A hedge is requested since an
     * attempt is slow, so its latency is no sign of a queue in the target.
     */
    boolean acquireHedge() {
        if (!allowance.tryAcquire(RetryBudgets.HEDGE)) {
            context.counters().rejected();
            return false;
        }
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

    /** Returns the verdict on the outcome of an attempt, and counts an error. */
    Verdict classify(Outcome<T> outcome) {
        return context.classifyAndCount(outcome);
    }

    /** Decides what follows the end of an attempt. If a next attempt is paid for already, it is not paid for again. */
    Decision<T> attemptEnded(HedgedAttempt<T> attempt, Outcome<T> outcome, Verdict verdict) {
        Decision<T> decision = paid(attempt, outcome, decide(attempt, outcome, verdict));
        if (decision instanceof Decision.RetryAfter<T> again) {
            if (nextKind == null) {
                nextKind = again.kind();
                context.counters().delayed(again.delayNanos());
            }
        } else {
            isExhausted = true;
        }
        @Nullable CallPublisher publisher = call.publisher();
        if (publisher != null) {
            attempt.record(
                    publisher, attempt.endNanos(), OutcomeLabels.of(outcome, verdict), CallPublisher.delayOf(decision));
            publisher.publishFailure(begun(attempt).at(attempt.endNanos()), outcome, verdict, decision);
        }
        return decision;
    }

    /** The policy counts the attempts that were made, whichever of them has ended. */
    private Decision<T> decide(HedgedAttempt<T> attempt, Outcome<T> outcome, Verdict verdict) {
        long now = call.elapsed();
        attempt.ended(now);
        call.setAttemptStart(attempt.startNanos());
        Attempt newest = call.attempt().at(call.policyTime(now));
        return verdict instanceof Verdict.Transient error
                ? call.decideBeforeBudget(newest, outcome, error, attempt.givenUp(), failed(attempt, error.kind()))
                : context.policy().decide(newest, outcome, verdict, 0);
    }

    private FailedAttempt failed(HedgedAttempt<T> attempt, ErrorKind kind) {
        return call.failedAttempt(attempt.number(), kind, attempt.startNanos(), attempt.endNanos());
    }

    private Decision<T> paid(HedgedAttempt<T> attempt, Outcome<T> outcome, Decision<T> decision) {
        if (nextKind != null
                || !(decision instanceof Decision.RetryAfter<T> again)
                || again.kind().load() == ErrorKind.Load.NONE) {
            return decision;
        }
        @Nullable Grant granted = context.budget().tryAcquire(failed(attempt, again.kind()));
        if (granted == null) {
            return Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
        }
        nextGrant = granted;
        return decision;
    }

    /** Publishes that an attempt which runs is cancelled, since the call ends. */
    void cancelled(HedgedAttempt<T> running) {
        @Nullable CallPublisher publisher = call.publisher();
        if (publisher != null) {
            running.record(publisher, call.elapsed(), "cancelled", OptionalLong.empty());
        }
    }

    /** Keeps what the call ends with if no further attempt can be made, and closes or detaches the rest. */
    void retain(Outcome<T> outcome) {
        call.detachOutcome(outcome);
    }

    /** Returns the outcome that was kept. */
    Outcome<T> takeRetained(StopReason reason) {
        return call.takeRetained(reason);
    }

    /** Closes the value of an outcome that no caller receives. */
    void discard(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Success<T> success) {
            context.reporter().discard(success.value());
        }
    }

    /** Ends the call: counts and publishes that. */
    void end(Decision<T> last, Outcome<T> outcome) {
        call.end(last, outcome, call.elapsed());
        if (last instanceof Decision.Return<T> returned && returned.reason() == StopReason.ACCEPTED) {
            allowance.succeeded();
        }
    }

    /** Records for the calls that enclose this one that it has given up, if it has. */
    void recordGivenUp(Decision<T> last) {
        call.recordGivenUp(last);
    }
}
