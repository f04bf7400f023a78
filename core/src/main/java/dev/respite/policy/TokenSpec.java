package dev.respite.policy;

import dev.respite.outcome.ErrorKind;
import dev.respite.text.ValueFormat;
import java.math.BigDecimal;
import java.util.function.ToDoubleFunction;

/**
 * A bucket of tokens that starts full. Each retry takes its cost from it, and successes add tokens to it.
 *
 * <p>Two specifications are equal if their text forms are.
 */
public final class TokenSpec implements BudgetSpec {

    /** The AWS SDKs' standard mode, version 2.0: a retry costs 5 tokens, of a timeout 10. */
    static final TokenSpec AWS_2_0 = aws("aws-2.0", kind -> kind.name().equals(ErrorKind.TIMEOUT.name()) ? 10 : 5);

    /** The AWS SDKs' standard mode, version 2.1: a retry costs 14 tokens, also of a timeout; of a throttled request 5. */
    static final TokenSpec AWS_2_1 = aws("aws-2.1", kind -> ErrorSelector.isThrottling(kind) ? 5 : 14);

    private static final double AWS_CAPACITY = 500;

    private final String text;
    private final double capacity;
    private final double firstAttemptDeposit;
    private final ToDoubleFunction<ErrorKind> cost;
    private final ToDoubleFunction<ErrorKind> afterRetryDeposit;

    private TokenSpec(
            String text,
            double capacity,
            double firstAttemptDeposit,
            ToDoubleFunction<ErrorKind> cost,
            ToDoubleFunction<ErrorKind> afterRetryDeposit) {
        this.text = text;
        this.capacity = capacity;
        this.firstAttemptDeposit = firstAttemptDeposit;
        this.cost = cost;
        this.afterRetryDeposit = afterRetryDeposit;
    }

    /**
     * A success at the first attempt adds 1 token; a success after retries adds the cost of its last retry.
     *
     * @param cost the cost of an error that reached its target
     */
    private static TokenSpec aws(String text, ToDoubleFunction<ErrorKind> cost) {
        ToDoubleFunction<ErrorKind> any = kind -> kind.load() == ErrorKind.Load.NONE ? 0 : cost.applyAsDouble(kind);
        return new TokenSpec(text, AWS_CAPACITY, 1, any, any);
    }

    /**
     * Tokens for each successful call, as {@link BudgetSpec#perSuccess} has them. {@code 10%} in the text form is 0.1 a success, at
     * most 10, each retry costing 1. Over a minute at a steady rate that is the course's {@code success rate × total rate × budget ×
     * 60}.
     */
    static TokenSpec perSuccess(double perSuccess, double burst, double overloadCost) {
        double deposit = Numbers.rounded(perSuccess);
        double capacity = Numbers.rounded(burst);
        double overload = Numbers.rounded(overloadCost);
        ValueFormat.checkRange("tokens per success", deposit, 0.000_001, 1_000);
        ValueFormat.checkRange("burst", capacity, 1, 1_000_000);
        ValueFormat.checkRange("overload cost", overload, 1, capacity);
        boolean isPercentage = capacity == 10 && overload == 1 && deposit <= 1;
        String text = isPercentage
                ? percent(deposit)
                : "success:" + ValueFormat.format(deposit) + "/" + ValueFormat.format(capacity) + "/"
                        + ValueFormat.format(overload);
        return new TokenSpec(
                text,
                capacity,
                deposit,
                kind -> switch (kind.load()) {
                    case NONE -> 0;
                    case ORDINARY -> 1;
                    case OVERLOAD -> overload;
                },
                lastRetried -> deposit);
    }

    private static String percent(double ratio) {
        BigDecimal percent = new BigDecimal(Double.toString(ratio)).movePointRight(2);
        return percent.stripTrailingZeros().toPlainString() + "%";
    }

    /** {@return the size of the bucket in tokens, above 0} */
    public double capacity() {
        return capacity;
    }

    /**
     * Returns the cost of a retry.
     *
     * @param kind the kind of error that is retried
     * @return tokens, not negative
     */
    public double cost(ErrorKind kind) {
        return cost.applyAsDouble(kind);
    }

    /** {@return the deposit of a call that succeeded at its first attempt, in tokens} */
    public double firstAttemptDeposit() {
        return firstAttemptDeposit;
    }

    /**
     * Returns the deposit of a call that succeeded after retries.
     *
     * @param lastRetried the kind of error that its last retry was made for
     * @return tokens
     */
    public double afterRetryDeposit(ErrorKind lastRetried) {
        return afterRetryDeposit.applyAsDouble(lastRetried);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenSpec that && that.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The text form, such as {@code success:0.5/20/10}, {@code 10%} or {@code aws-2.1}. */
    @Override
    public String toString() {
        return text;
    }
}
