package dev.respite;

import dev.respite.policy.ErrorKind;

/** A budget that somebody else wrote: one that throws grants nothing and spoils no call, and the bug is reported. */
record SafeBudget(RetryBudget budget, Reporter reporter) implements RetryBudget {

    /** Ours do not throw. */
    static RetryBudget of(RetryBudget budget, Reporter reporter) {
        boolean ours = budget instanceof TokenBudget
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
    public boolean tryRetry(ErrorKind kind) {
        try {
            return budget.tryRetry(kind);
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
    public void notMade(ErrorKind kind) {
        safely(() -> budget.notMade(kind));
    }

    @Override
    public double retriesLeft() {
        return budget.retriesLeft();
    }
}
