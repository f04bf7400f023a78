package dev.respite.budget;

import dev.respite.outcome.ErrorKind;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** A user's budget: one that throws grants nothing and changes no call, and the bug is reported. */
record SafeBudget(RetryBudget budget, Consumer<Throwable> onBug) implements RetryBudget {

    private void safely(Runnable notification) {
        try {
            notification.run();
        } catch (Throwable bug) {
            onBug.accept(bug);
        }
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        try {
            return budget.tryAcquire(kind);
        } catch (Throwable bug) {
            onBug.accept(bug);
            return false;
        }
    }

    @Override
    public void succeeded() {
        safely(budget::succeeded);
    }

    @Override
    public void refund(ErrorKind kind) {
        safely(() -> budget.refund(kind));
    }

    @Override
    public ClockUse clockUse() {
        try {
            return Objects.requireNonNull(budget.clockUse(), "the budget returned null");
        } catch (Throwable bug) {
            onBug.accept(bug);
            return ClockUse.NONE;
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
            onBug.accept(bug);
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
    public Optional<Grant> tryAcquire(FailedAttempt failed, DoubleSupplier random) {
        try {
            return Objects.requireNonNull(budget.tryAcquire(failed, random), "the budget returned null");
        } catch (Throwable bug) {
            onBug.accept(bug);
            return Optional.empty();
        }
    }

    @Override
    public void refund(Grant grant) {
        safely(() -> budget.refund(grant));
    }

    @Override
    public double retriesLeft() {
        return left(budget::retriesLeft);
    }

    @Override
    public double overloadRetriesLeft() {
        return left(budget::overloadRetriesLeft);
    }

    private double left(DoubleSupplier account) {
        try {
            return account.getAsDouble();
        } catch (Throwable bug) {
            onBug.accept(bug);
            return 0;
        }
    }
}
