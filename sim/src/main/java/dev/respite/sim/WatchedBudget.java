package dev.respite.sim;

import dev.respite.budget.RetryBudget;
import dev.respite.outcome.ErrorKind;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** A budget of the user's whose bugs end the run: in production one that throws grants nothing, which here would be measured. */
final class WatchedBudget implements RetryBudget {

    private final RetryBudget budget;
    private final Consumer<Throwable> broken;

    /**
     * A watched budget.
     *
     * @param broken what is called with each throwable
     */
    WatchedBudget(RetryBudget budget, Consumer<Throwable> broken) {
        this.budget = budget;
        this.broken = broken;
    }

    private <T> T query(Supplier<T> use, T instead) {
        try {
            return use.get();
        } catch (Throwable bug) {
            broken.accept(bug);
            return instead;
        }
    }

    private void watch(Runnable use) {
        boolean unused = query(
                () -> {
                    use.run();
                    return true;
                },
                false);
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        return query(() -> budget.tryAcquire(kind), false);
    }

    @Override
    public void succeeded() {
        watch(budget::succeeded);
    }

    @Override
    public void succeededAfter(int attempts, ErrorKind lastRetried) {
        watch(() -> budget.succeededAfter(attempts, lastRetried));
    }

    @Override
    public void started() {
        watch(budget::started);
    }

    @Override
    public void failed(ErrorKind kind) {
        watch(() -> budget.failed(kind));
    }

    @Override
    public void refund(ErrorKind kind) {
        watch(() -> budget.refund(kind));
    }

    @Override
    public ClockUse clockUse() {
        return query(budget::clockUse, ClockUse.NONE);
    }

    @Override
    public void succeeded(long startNanos) {
        watch(() -> budget.succeeded(startNanos));
    }

    @Override
    public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
        watch(() -> budget.succeededAfter(attempts, lastRetried, nowNanos));
    }

    @Override
    public boolean wantsLatency(long startNanos) {
        return query(() -> budget.wantsLatency(startNanos), false);
    }

    @Override
    public void recordLatency(long latencyNanos, long nowNanos) {
        watch(() -> budget.recordLatency(latencyNanos, nowNanos));
    }

    @Override
    public void failed(FailedAttempt failed) {
        watch(() -> budget.failed(failed));
    }

    @Override
    public Optional<Grant> tryAcquire(FailedAttempt failed, DoubleSupplier random) {
        return query(() -> budget.tryAcquire(failed, random), Optional.empty());
    }

    @Override
    public void refund(Grant grant) {
        watch(() -> budget.refund(grant));
    }

    @Override
    public double retriesLeft() {
        return query(budget::retriesLeft, 0.0);
    }
}
