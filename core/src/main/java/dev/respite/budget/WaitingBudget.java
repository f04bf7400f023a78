package dev.respite.budget;

import dev.respite.outcome.ErrorKind;
import dev.respite.queue.BudgetQueue;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** A budget with a queue of calls that wait for it. It passes on to the queue how attempts end. */
final class WaitingBudget implements RetryBudget {

    private final RetryBudget budget;
    private final BudgetQueue queue;

    /** The budget that grants retries needs the latency of attempts. */
    private final boolean samples;

    private WaitingBudget(RetryBudget budget, BudgetQueue queue) {
        this.budget = budget;
        this.queue = queue;
        this.samples = budget.clockUse() == ClockUse.LATENCY;
    }

    /** Returns the budget of retries that do not wait. */
    RetryBudget budget() {
        return budget;
    }

    /** The calls that wait, of all retries with this budget. */
    BudgetQueue queue() {
        return queue;
    }

    /** A budget with a queue; the same one if it has a queue already. */
    static WaitingBudget of(RetryBudget budget) {
        return budget instanceof WaitingBudget waiting ? waiting : new WaitingBudget(budget, new BudgetQueue());
    }

    /** This budget with another in the place of the one that pays. */
    WaitingBudget with(RetryBudget other) {
        return new WaitingBudget(other, queue);
    }

    @Override
    public ClockUse clockUse() {
        return ClockUse.LATENCY;
    }

    @Override
    public boolean wantsLatency(long startNanos) {
        return true;
    }

    @Override
    public void recordLatency(long latencyNanos, long nowNanos) {
        if (samples && budget.wantsLatency(nowNanos - latencyNanos)) {
            budget.recordLatency(latencyNanos, nowNanos);
        }
        queue.succeeded(latencyNanos, nowNanos);
    }

    @Override
    public void failed(FailedAttempt failed) {
        budget.failed(failed);
        if (failed.kind().equals(ErrorKind.TIMEOUT)) {
            queue.timedOut(failed.latencyNanos(), failed.nowNanos());
        } else {
            queue.failed(failed.nowNanos());
        }
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        return budget.tryAcquire(kind);
    }

    @Override
    public void succeeded() {
        budget.succeeded();
    }

    @Override
    public void succeeded(long startNanos) {
        budget.succeeded(startNanos);
    }

    @Override
    public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
        budget.succeededAfter(attempts, lastRetried, nowNanos);
    }

    @Override
    public void refund(ErrorKind kind) {
        budget.refund(kind);
    }

    @Override
    public Optional<Grant> tryAcquire(FailedAttempt failed, DoubleSupplier random) {
        return budget.tryAcquire(failed, random);
    }

    @Override
    public void refund(Grant grant) {
        budget.refund(grant);
    }

    @Override
    public double retriesLeft() {
        return budget.retriesLeft();
    }

    @Override
    public double overloadRetriesLeft() {
        return budget.overloadRetriesLeft();
    }

    /** Returns the retries that are left in the budget. */
    @Override
    public String toString() {
        return budget.toString();
    }
}
