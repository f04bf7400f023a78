package dev.respite.policy;

import dev.respite.outcome.ErrorKind;

/** A bucket of tokens that starts full. Each retry takes its cost from it, and successes add tokens to it. */
public sealed interface TokenSpec extends BudgetSpec permits PerSuccess, AwsBudget {

    /**
     * Returns the size of the bucket.
     *
     * @return tokens, above 0
     */
    double capacity();

    /**
     * Returns the cost of a retry.
     *
     * @param kind the kind of error that is retried
     * @return tokens, not negative
     */
    double cost(ErrorKind kind);

    /**
     * Returns the deposit of a call that succeeded at its first attempt.
     *
     * @return tokens
     */
    double firstAttemptDeposit();

    /**
     * Returns the deposit of a call that succeeded after retries.
     *
     * @param lastRetried the kind of error that its last retry was made for
     * @return tokens
     */
    double afterRetryDeposit(ErrorKind lastRetried);
}
