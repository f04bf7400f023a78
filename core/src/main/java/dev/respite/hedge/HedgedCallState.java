package dev.respite.hedge;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.budget.RetryBudgets;
import dev.respite.driver.ParallelAttempt;
import dev.respite.driver.ParallelCall;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.text.ValueFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The payments of one hedged call. At most one further attempt is paid for and has not begun. It is for one thread at a time, but
 * for {@link #call}, which does not change.
 */
final class HedgedCallState<T extends @Nullable Object> {

    private final ParallelCall<T> call;
    private final RetryBudget allowance;
    private final BooleanSupplier permitted;

    /** The kind of error as whose retry the next attempt was paid; null if none was. */
    private @Nullable ErrorKind nextKind;

    /** The grant of the budget for it; null if it was free. */
    private @Nullable Grant nextGrant;

    private boolean isExhausted;

    HedgedCallState(ParallelCall<T> call, RetryBudget allowance, BooleanSupplier permitted) {
        this.call = call;
        this.allowance = allowance;
        this.permitted = permitted;
    }

    ParallelCall<T> call() {
        return call;
    }

    /** Returns an attempt with the number that follows, which has not begun. */
    ParallelAttempt<T> next() {
        return call.attempt(call.attempts() + 1);
    }

    /** Notes that the attempt that was paid for has begun. */
    void nextStarted() {
        call.attemptBegan(Objects.requireNonNull(nextKind, "nothing was paid"));
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
            call.refund(nextGrant);
        }
        nextKind = null;
        nextGrant = null;
        isExhausted = true;
    }

    /** Returns whether a hedge may be requested after that delay from now. */
    boolean mayHedge(long delayNanos) {
        int maxAttempts = call.policy().limits().maxAttempts();
        long total = call.policy()
                .limits()
                .totalTimeout()
                .map(ValueFormat::saturatedNanos)
                .orElse(Long.MAX_VALUE);
        return !isExhausted && call.attempts() < maxAttempts && call.elapsedNanos() < total - delayNanos;
    }

    /** Returns whether a hedge is of use, and granted by the limit of hedges and by the budget of all retries. */
    boolean acquireHedge() {
        if (!permitted.getAsBoolean()) {
            return false;
        }
        if (!allowance.tryAcquire(RetryBudgets.HEDGE)) {
            call.rejected();
            return false;
        }
        Optional<Grant> granted = call.acquireHedge();
        if (granted.isEmpty()) {
            allowance.refund(RetryBudgets.HEDGE);
            return false;
        }
        nextKind = RetryBudgets.HEDGE;
        nextGrant = granted.get();
        return true;
    }

    /** Decides what follows the end of an attempt. If a next attempt is paid for already, it is not paid for again. */
    Decision<T> attemptEnded(ParallelAttempt<T> attempt, Outcome<T> outcome, Verdict verdict) {
        Decision<T> decision = paid(attempt, outcome, call.decide(attempt, outcome, verdict));
        if (decision instanceof Decision.RetryAfter<T> again) {
            if (nextKind == null) {
                nextKind = again.kind();
                call.delayed(again.delayNanos());
            }
        } else {
            isExhausted = true;
        }
        call.attemptEnded(attempt, outcome, verdict, decision);
        return decision;
    }

    private Decision<T> paid(ParallelAttempt<T> attempt, Outcome<T> outcome, Decision<T> decision) {
        if (nextKind != null
                || !(decision instanceof Decision.RetryAfter<T> again)
                || again.kind().load() == ErrorKind.Load.NONE) {
            return decision;
        }
        Optional<Grant> granted = call.acquireRetry(attempt, again.kind());
        if (granted.isEmpty()) {
            return Decision.stop(outcome, StopReason.BUDGET_EXHAUSTED);
        }
        nextGrant = granted.get();
        return decision;
    }

    /** Ends the call. */
    void end(Decision<T> last, Outcome<T> outcome) {
        call.end(last, outcome);
        if (last instanceof Decision.Return<T> returned && returned.reason() == StopReason.ACCEPTED) {
            allowance.succeeded();
        }
    }
}
