package dev.respite.sim;

import dev.respite.RetryBudget;
import dev.respite.policy.ErrorKind;
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

    private <T> T ask(Supplier<T> use, T instead) {
        try {
            return use.get();
        } catch (Throwable bug) {
            broken.accept(bug);
            return instead;
        }
    }

    private void watch(Runnable use) {
        boolean unused = ask(
                () -> {
                    use.run();
                    return true;
                },
                false);
    }

    @Override
    public boolean tryRetry(ErrorKind kind) {
        return ask(() -> budget.tryRetry(kind), false);
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
    public void notMade(ErrorKind kind) {
        watch(() -> budget.notMade(kind));
    }

    @Override
    public Readings readings() {
        return ask(budget::readings, Readings.NONE);
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
        return ask(() -> budget.wantsLatency(startNanos), false);
    }

    @Override
    public void took(long latencyNanos, long nowNanos) {
        watch(() -> budget.took(latencyNanos, nowNanos));
    }

    @Override
    public void failed(FailedAttempt failed) {
        watch(() -> budget.failed(failed));
    }

    @Override
    public Optional<Grant> take(FailedAttempt failed, DoubleSupplier random) {
        return ask(() -> budget.take(failed, random), Optional.empty());
    }

    @Override
    public void refund(Grant grant) {
        watch(() -> budget.refund(grant));
    }

    @Override
    public double retriesLeft() {
        return ask(budget::retriesLeft, 0.0);
    }
}
