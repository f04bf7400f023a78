package dev.respite;

import dev.respite.RetryListener.Interest;
import dev.respite.budget.BudgetQueue;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What all calls of one {@link Retry} share: the policy that decides, the budget that pays, the time, and what is published.
 * Immutable; the budget, the queue and the counters behind it are for any number of threads.
 *
 * @param policy what decides
 * @param budget what pays for retries; it never throws
 * @param queue where calls wait for the budget; null if the policy has no wait
 * @param hooks the time, and the hooks that the user has given
 * @param reporter the name, the listener and the counters
 * @param readsClock whether the start of each call is read from the clock
 * @param samplesLatency whether the budget may need the latency of attempts
 */
record CallContext(
        RetryPolicy policy,
        RetryBudget budget,
        @Nullable BudgetQueue queue,
        CallHooks hooks,
        EventPublisher reporter,
        boolean readsClock,
        boolean samplesLatency) {

    static CallContext of(RetryPolicy policy, RetryBudget budget, CallHooks hooks, EventPublisher reporter) {
        RetryBudget guarded = RetryBudgets.guarded(budget, bug -> reporter.report("budget", bug));
        RetryBudget.ClockUse readings = guarded.clockUse();
        boolean readsClock = reporter.interest() == Interest.HISTORY
                || readings != RetryBudget.ClockUse.NONE
                || policy.limits().totalTimeout().isPresent();
        return new CallContext(
                policy,
                guarded,
                policy.limits().budgetWait().isPresent()
                        ? RetryBudgets.queueOf(guarded).orElse(null)
                        : null,
                hooks,
                reporter,
                readsClock,
                readings == RetryBudget.ClockUse.LATENCY);
    }

    TimeSource time() {
        return hooks.time();
    }

    Counters counters() {
        return reporter.counters();
    }

    /** Propagates the context of a caller to other threads; null if nothing does. */
    @Nullable
    UnaryOperator<Runnable> propagation() {
        return hooks.context();
    }

    /** Begins a call: returns the time in nanoseconds, or 0 if nothing needs it. */
    long begin() {
        return readsClock ? time().nanoTime() : 0;
    }
}
