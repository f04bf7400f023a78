package dev.respite;

import dev.respite.policy.BudgetSpec;
import dev.respite.policy.ErrorKind;

/** Makes buckets of specifications. */
final class Budgets {

    private Budgets() {}

    /** A bucket that grants no more ordinary retries at first than the given number, where it keeps a balance. */
    static RetryBudget make(BudgetSpec spec, TimeSource time, double retries) {
        if (spec instanceof BudgetSpec.Tokens tokens) {
            return new TokenBudget(tokens, Math.min(tokens.capacity(), retries * tokens.cost(ErrorKind.OTHER)));
        }
        if (spec instanceof BudgetSpec.Grpc grpc) {
            return new GrpcThrottle(grpc, retries);
        }
        if (spec instanceof BudgetSpec.Finagle finagle) {
            return WindowBudget.of(finagle, time);
        }
        if (spec instanceof BudgetSpec.Ratio ratio) {
            return WindowBudget.of(ratio, time);
        }
        return Unlimited.INSTANCE;
    }

    /** No budget. */
    enum Unlimited implements RetryBudget {
        INSTANCE;

        @Override
        public boolean tryRetry(ErrorKind kind) {
            return true;
        }

        @Override
        public void succeeded() {}

        @Override
        public double retriesLeft() {
            return Double.POSITIVE_INFINITY;
        }
    }
}
