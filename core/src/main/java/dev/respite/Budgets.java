package dev.respite;

import dev.respite.policy.BudgetSpec;
import dev.respite.policy.ErrorKind;

/** Makes buckets of specifications. */
final class Budgets {

    /** As many retries as a new bucket holds. */
    static final double FULL = Double.POSITIVE_INFINITY;

    private Budgets() {}

    /** A bucket in the place of another: it grants no more retries at first than that one would have. */
    static RetryBudget replace(RetryBudget old, BudgetSpec spec, TimeSource time) {
        if (old instanceof WaitingBudget waiting) {
            return waiting.with(replace(waiting.budget(), spec, time));
        }
        if (old instanceof FleetBudget before && spec instanceof BudgetSpec.Fleet fleet) {
            return before.with(fleet);
        }
        return make(spec, time, old instanceof Unlimited unlimited ? unlimited.before() : old.retriesLeft());
    }

    /** A bucket that grants no more ordinary retries at first than the given number. */
    static RetryBudget make(BudgetSpec spec, TimeSource time, double retries) {
        if (spec instanceof BudgetSpec.Tokens tokens) {
            return new TokenBudget(tokens, Math.min(tokens.capacity(), retries * tokens.cost(ErrorKind.OTHER)));
        }
        if (spec instanceof BudgetSpec.Fleet fleet) {
            double full = new FleetBudget(fleet, 1).retriesLeft();
            return new FleetBudget(fleet, retries < full ? retries / full : 1);
        }
        if (spec instanceof BudgetSpec.Grpc grpc) {
            return new GrpcThrottle(grpc, retries);
        }
        if (spec instanceof BudgetSpec.Finagle finagle) {
            return WindowBudget.of(finagle, time, retries);
        }
        if (spec instanceof BudgetSpec.Ratio ratio) {
            return WindowBudget.of(ratio, time, retries);
        }
        return new Unlimited(retries);
    }

    /** No budget; it remembers what the one before it would have granted, so that switching off and on fills none. */
    record Unlimited(double before) implements RetryBudget {
        @Override
        public boolean tryAcquire(ErrorKind kind) {
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
