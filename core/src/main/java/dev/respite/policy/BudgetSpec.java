package dev.respite.policy;

/**
 * The specification of a retry budget: the pure value in a policy. The budget that is made from it belongs to the {@code Retry}.
 * All calls to one target share that budget; two retries with equal policies have a budget each.
 *
 * <p>Budgets differ in an outage by their kind, not by their numbers. Budgets that are funded by successes let the target recover
 * at every utilisation.
 */
public sealed interface BudgetSpec permits BudgetSpec.Off, FleetSpec, TokenSpec, GrpcSpec {

    /** No budget: every retry that the policy allows is made. */
    enum Off implements BudgetSpec {
        /** The only value. */
        OFF;

        @Override
        public String toString() {
            return PolicyKeys.OFF;
        }
    }

    /**
     * Returns the specification of no budget: every retry that the policy allows is made.
     *
     * @return the specification {@code off}
     */
    static BudgetSpec off() {
        return Off.OFF;
    }

    /**
     * Returns a bucket of tokens that is funded by successful calls. The retry of an overload signal costs {@code overloadCost}
     * tokens; the retry of any other error costs 1. An error that never reached its target costs nothing.
     *
     * @param perSuccess tokens for each successful call, above 0 and at most 1000
     * @param burst the size of the bucket in tokens, 1 to 1,000,000; it starts full
     * @param overloadCost tokens for the retry of an overload signal, from 1 to the burst
     * @return the specification, such as {@code success:0.5/20/10}
     * @throws IllegalArgumentException if a number is out of its range
     */
    static BudgetSpec perSuccess(double perSuccess, double burst, double overloadCost) {
        return TokenSpec.perSuccess(perSuccess, burst, overloadCost);
    }

    /**
     * Parses the text form of the key {@code budget}. The forms are {@code fleet}, {@code 10%}, {@code success:0.5/20/10},
     * {@code aws-2.0}, {@code aws-2.1}, {@code grpc:10/0.1} and {@code off}. The default budget may have
     * the number of clients, as in {@code fleet:clients=5000}. {@code toString} is the inverse.
     *
     * @param text the text
     * @return the budget
     * @throws InvalidPolicyException if the text is none of these
     */
    static BudgetSpec parse(String text) {
        return BudgetText.parse(text);
    }
}
