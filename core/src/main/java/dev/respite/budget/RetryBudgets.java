package dev.respite.budget;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.FleetSpec;
import dev.respite.policy.GrpcSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.TokenSpec;
import dev.respite.queue.BudgetQueue;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes retry budgets from policies and their specifications. */
public final class RetryBudgets {

    /** The kind under which a budget sees the hedge of an attempt that is slow and has not failed: no sign of overload. */
    public static final ErrorKind HEDGE = ErrorKind.of("unanswered");

    /** As many retries as a new bucket holds. */
    static final double FULL = Double.POSITIVE_INFINITY;

    private RetryBudgets() {}

    /**
     * Makes the budget of a policy, with a queue where calls wait for it if the policy has a {@code budget-wait}. It starts full.
     *
     * @param policy the policy
     * @return a new budget
     */
    public static RetryBudget of(RetryPolicy policy) {
        RetryBudget budget = of(policy.budget());
        return policy.limits().budgetWait().isPresent() ? WaitingBudget.of(budget) : budget;
    }

    /**
     * Makes the budget that a specification describes. It starts full.
     *
     * @param spec the specification
     * @return a new budget
     */
    public static RetryBudget of(BudgetSpec spec) {
        return make(spec, FULL);
    }

    /**
     * Makes a budget that takes the place of another: it grants no more retries at first than that one would have. A queue of
     * waiting calls is kept.
     *
     * @param old the budget that is replaced
     * @param spec the specification of the new one
     * @return a new budget
     */
    public static RetryBudget replace(RetryBudget old, BudgetSpec spec) {
        if (old instanceof WaitingBudget waiting) {
            return waiting.with(replace(waiting.budget(), spec));
        }
        if (old instanceof FleetBudget before && spec instanceof FleetSpec fleet) {
            return before.with(fleet);
        }
        return make(spec, old instanceof Unlimited unlimited ? unlimited.before() : old.retriesLeft());
    }

    /**
     * Adds a queue where calls wait for their retries.
     *
     * @param budget the budget
     * @return a budget with a queue; the same one if it has a queue already
     */
    public static RetryBudget withQueue(RetryBudget budget) {
        return WaitingBudget.of(budget);
    }

    /**
     * Returns the queue of a budget.
     *
     * @param budget the budget
     * @return the queue, or empty if calls do not wait for this budget
     */
    public static Optional<BudgetQueue> queueOf(RetryBudget budget) {
        return budget instanceof WaitingBudget waiting ? Optional.of(waiting.queue()) : Optional.empty();
    }

    /**
     * Protects calls from a budget that throws: it grants nothing then, and no call fails. Budgets of this package never throw
     * and are returned as they are.
     *
     * @param budget the budget
     * @param onBug receives what the budget throws
     * @return a budget that never throws
     */
    public static RetryBudget guarded(RetryBudget budget, Consumer<Throwable> onBug) {
        if (budget instanceof WaitingBudget waiting) {
            return waiting.with(guarded(waiting.budget(), onBug));
        }
        boolean ours = budget instanceof FleetBudget
                || budget instanceof TokenBudget
                || budget instanceof GrpcThrottle
                || budget instanceof Unlimited;
        return ours ? budget : new SafeBudget(budget, onBug);
    }

    /** A bucket that grants no more ordinary retries at first than the given number. */
    static RetryBudget make(BudgetSpec spec, double retries) {
        if (spec instanceof TokenSpec tokens) {
            return new TokenBudget(tokens, Math.min(tokens.capacity(), retries * tokens.cost(ErrorKind.OTHER)));
        }
        if (spec instanceof FleetSpec fleet) {
            double full = new FleetBudget(fleet, 1).retriesLeft();
            return new FleetBudget(fleet, retries < full ? retries / full : 1);
        }
        if (spec instanceof GrpcSpec grpc) {
            return new GrpcThrottle(grpc, retries);
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
