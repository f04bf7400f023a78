package dev.respite.policy;

import dev.respite.outcome.ErrorKind;

/**
 * Tokens for each successful call, as {@link BudgetSpec#perSuccess} creates them.
 *
 * <p>{@code 10%} in the text form is 0.1 a success, at most 10, each retry costing 1. Over a minute at a steady rate that is the
 * course's {@code success rate × total rate × budget × 60}.
 */
record PerSuccess(double perSuccess, double burst, double overloadCost) implements TokenSpec {

    PerSuccess {
        perSuccess = Numbers.rounded(perSuccess);
        burst = Numbers.rounded(burst);
        overloadCost = Numbers.rounded(overloadCost);
        Ranges.check("tokens per success", perSuccess, 0.000_001, 1_000);
        Ranges.check("burst", burst, 1, 1_000_000);
        Ranges.check("overload cost", overloadCost, 1, burst);
    }

    @Override
    public double capacity() {
        return burst;
    }

    @Override
    public double cost(ErrorKind kind) {
        return switch (kind.load()) {
            case NONE -> 0;
            case ORDINARY -> 1;
            case OVERLOAD -> overloadCost;
        };
    }

    @Override
    public double firstAttemptDeposit() {
        return perSuccess;
    }

    @Override
    public double afterRetryDeposit(ErrorKind lastRetried) {
        return perSuccess;
    }

    @Override
    public String toString() {
        boolean percent = burst == 10 && overloadCost == 1 && perSuccess <= 1;
        return percent
                ? BudgetText.percent(perSuccess)
                : "success:" + ValueFormat.format(perSuccess) + "/" + ValueFormat.format(burst) + "/"
                        + ValueFormat.format(overloadCost);
    }
}
