package dev.respite.sim;

import dev.respite.RetryBudget;
import dev.respite.policy.ErrorKind;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

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

    private boolean ask(BooleanSupplier use) {
        try {
            return use.getAsBoolean();
        } catch (Throwable bug) {
            broken.accept(bug);
            return false;
        }
    }

    private void watch(Runnable use) {
        boolean unused = ask(() -> {
            use.run();
            return true;
        });
    }

    @Override
    public boolean tryRetry(ErrorKind kind) {
        return ask(() -> budget.tryRetry(kind));
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
    public double retriesLeft() {
        try {
            return budget.retriesLeft();
        } catch (Throwable bug) {
            broken.accept(bug);
            return 0;
        }
    }
}
