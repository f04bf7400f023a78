package dev.respite;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.ClockUse;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.FleetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.queue.BudgetQueue;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The retry budget as the calls of one {@link Retry} use it: it never throws, and its rejections are counted and logged. */
final class CallBudget {

    private final RetryBudget budget;
    private final RetryPolicy policy;
    private final CallHooks hooks;
    private final EventPublisher reporter;
    private final DoubleSupplier random;
    private final ClockUse clockUse;

    /** The last grant of one token: calls that wait share one object. */
    private volatile @Nullable Grant oneToken;

    CallBudget(RetryBudget budget, RetryPolicy policy, CallHooks hooks, EventPublisher reporter) {
        this.budget = RetryBudgets.guarded(budget, bug -> reporter.report("budget", bug));
        this.policy = policy;
        this.hooks = hooks;
        this.reporter = reporter;
        this.random = hooks.time()::roll;
        this.clockUse = this.budget.clockUse();
    }

    /** The budget itself, for the path of calls that succeed at their first attempt. */
    RetryBudget guarded() {
        return budget;
    }

    /** The queue of the calls that wait for the budget; empty if no call does. */
    Optional<BudgetQueue> queue() {
        return RetryBudgets.queueOf(budget);
    }

    /** Returns whether the budget needs the start of each call. */
    boolean readsClock() {
        return clockUse != ClockUse.NONE;
    }

    /** Returns whether the budget may need the latency of attempts. */
    boolean samplesLatency() {
        return clockUse == ClockUse.LATENCY;
    }

    /** Returns false for an error whose attempt has not reached its target: no budget pays for its retry. */
    static boolean concerns(ErrorKind kind) {
        return kind.load() != ErrorKind.Load.NONE;
    }

    void failed(FailedAttempt failed) {
        budget.failed(failed);
        boolean undeclared =
                policy.budget() instanceof FleetSpec fleet && fleet.clients().isEmpty();
        if (undeclared && failed.number() == 1) {
            reporter.warnings().undeclaredCallFailed(reporter.name(), reporter.counters(), failed.nowNanos());
        }
    }

    /** Requests the retry of an attempt, and reports its rejection. Returns null if the retry is rejected. */
    @Nullable
    Grant tryAcquire(FailedAttempt failed) {
        @Nullable Grant grant = query(failed);
        if (grant == null) {
            reporter.counters().rejected();
            reporter.warnings().budgetExhausted(reporter.name(), hooks.target(), policy, failed.kind(), hooks.time());
        }
        return grant;
    }

    /** Requests another attempt beside a slow one. Its rejection is counted, but does not mean that the budget is exhausted. */
    @Nullable
    Grant tryAcquireHedge(FailedAttempt slow) {
        @Nullable Grant grant = query(slow);
        if (grant == null) {
            reporter.counters().rejected();
        }
        return grant;
    }

    private @Nullable Grant query(FailedAttempt failed) {
        try {
            Optional<Grant> grant = budget.tryAcquire(failed, random);
            if (grant.isEmpty()) {
                return null;
            }
            Grant taken = grant.get();
            return taken.tokens() == 1 && taken.credit() == 0 ? oneToken(taken.kind()) : taken;
        } catch (Throwable bug) {
            // The budget does not throw, but its source of randomness may.
            reporter.report("time source", bug);
            return null;
        }
    }

    /** Returns a grant that calls share. The compiler then need not allocate the grant of the budget. */
    private Grant oneToken(ErrorKind kind) {
        @Nullable Grant known = oneToken;
        if (known == null || !known.kind().equals(kind)) {
            known = new Grant(kind, 1, 0);
            oneToken = known;
        }
        return known;
    }

    void refund(Grant grant) {
        budget.refund(grant);
    }

    /**
     * Notifies the budget of a call that has succeeded.
     *
     * @param retried the kind of error for which the last paid retry was made; null if none was paid
     * @param startNanos when the call began
     * @param elapsedNanos how long it took
     */
    void deposit(int attempts, @Nullable ErrorKind retried, long startNanos, long elapsedNanos) {
        if (retried == null) {
            budget.succeeded(startNanos);
        } else {
            budget.succeededAfter(attempts, retried, startNanos + elapsedNanos);
        }
    }

    /** Records the latency of a successful attempt if the budget needs it. */
    void recordLatency(long attemptStartNanos, long nowNanos) {
        if (samplesLatency() && budget.wantsLatency(attemptStartNanos)) {
            budget.recordLatency(Math.max(0, nowNanos - attemptStartNanos), nowNanos);
        }
    }
}
