package dev.respite;

import dev.respite.policy.ErrorKind;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** A user's budget: one that throws grants nothing and changes no call, and the bug is reported. */
record SafeBudget(RetryBudget budget, Reporter reporter) implements RetryBudget {

    /** Ours do not throw. */
    static RetryBudget of(RetryBudget budget, Reporter reporter) {
        if (budget instanceof WaitingBudget waiting) {
            return waiting.with(of(waiting.budget(), reporter));
        }
        boolean ours = budget instanceof FleetBudget
                || budget instanceof TokenBudget
                || budget instanceof GrpcThrottle
                || budget instanceof WindowBudget
                || budget instanceof Budgets.Unlimited;
        return ours ? budget : new SafeBudget(budget, reporter);
    }

    private void safely(Runnable told) {
        try {
            told.run();
        } catch (Throwable bug) {
            reporter.report("budget", bug);
        }
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        try {
            return budget.tryAcquire(kind);
        } catch (Throwable bug) {
            reporter.report("budget", bug);
            return false;
        }
    }

    @Override
    public void succeeded() {
        safely(budget::succeeded);
    }

    @Override
    public void succeededAfter(int attempts, ErrorKind lastRetried) {
        safely(() -> budget.succeededAfter(attempts, lastRetried));
    }

    @Override
    public void started() {
        safely(budget::started);
    }

    @Override
    public void failed(ErrorKind kind) {
        safely(() -> budget.failed(kind));
    }

    @Override
    public void refund(ErrorKind kind) {
        safely(() -> budget.refund(kind));
    }

    @Override
    public Readings readings() {
        try {
            return Objects.requireNonNull(budget.readings(), "the budget returned null");
        } catch (Throwable bug) {
            reporter.report("budget", bug);
            return Readings.NONE;
        }
    }

    @Override
    public void succeeded(long startNanos) {
        safely(() -> budget.succeeded(startNanos));
    }

    @Override
    public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
        safely(() -> budget.succeededAfter(attempts, lastRetried, nowNanos));
    }

    @Override
    public boolean wantsLatency(long startNanos) {
        try {
            return budget.wantsLatency(startNanos);
        } catch (Throwable bug) {
            reporter.report("budget", bug);
            return false;
        }
    }

    @Override
    public void recordLatency(long latencyNanos, long nowNanos) {
        safely(() -> budget.recordLatency(latencyNanos, nowNanos));
    }

    @Override
    public void failed(FailedAttempt failed) {
        safely(() -> budget.failed(failed));
    }

    @Override
    public Optional<Grant> acquire(FailedAttempt failed, DoubleSupplier random) {
        try {
            return Objects.requireNonNull(budget.acquire(failed, random), "the budget returned null");
        } catch (Throwable bug) {
            reporter.report("budget", bug);
            return Optional.empty();
        }
    }

    @Override
    public void refund(Grant grant) {
        safely(() -> budget.refund(grant));
    }

    @Override
    public double retriesLeft() {
        return budget.retriesLeft();
    }
}
