package dev.respite.budget;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
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
     * @param time the time, for budgets that look back over a window
     * @return a new budget
     */
    public static RetryBudget of(RetryPolicy policy, TimeSource time) {
        RetryBudget budget = of(policy.budget(), time);
        return policy.limits().budgetWait().isPresent() ? WaitingBudget.of(budget) : budget;
    }

    /**
     * Makes the budget that a specification describes. It starts full.
     *
     * @param spec the specification
     * @param time the time, for budgets that look back over a window
     * @return a new budget
     */
    public static RetryBudget of(BudgetSpec spec, TimeSource time) {
        return make(spec, time, FULL);
    }

    /**
     * Makes a budget that takes the place of another: it grants no more retries at first than that one would have. A queue of
     * waiting calls is kept.
     *
     * @param old the budget that is replaced
     * @param spec the specification of the new one
     * @param time the time, for budgets that look back over a window
     * @return a new budget
     */
    public static RetryBudget replace(RetryBudget old, BudgetSpec spec, TimeSource time) {
        if (old instanceof WaitingBudget waiting) {
            return waiting.with(replace(waiting.budget(), spec, time));
        }
        if (old instanceof FleetBudget before && spec instanceof BudgetSpec.Fleet fleet) {
            return before.with(fleet);
        }
        return make(spec, time, old instanceof Unlimited unlimited ? unlimited.before() : old.retriesLeft());
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
                || budget instanceof WindowBudget
                || budget instanceof Unlimited;
        return ours ? budget : new SafeBudget(budget, onBug);
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
