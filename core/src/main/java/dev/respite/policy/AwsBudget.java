package dev.respite.policy;

import dev.respite.outcome.ErrorKind;

/**
 * The buckets of the AWS SDKs' standard mode: 500 tokens. A success at the first attempt adds 1; a success after retries adds what
 * its last retry cost.
 */
enum AwsBudget implements TokenSpec {
    /** A retry costs 5, of a timeout 10. */
    V2_0("aws-2.0"),
    /** A retry costs 14, also of a timeout; of a throttled request 5. */
    V2_1("aws-2.1");

    private final String text;

    AwsBudget(String text) {
        this.text = text;
    }

    @Override
    public double capacity() {
        return 500;
    }

    @Override
    public double cost(ErrorKind kind) {
        if (kind.load() == ErrorKind.Load.NONE) {
            return 0;
        }
        if (this == V2_0) {
            return kind.name().equals(ErrorKind.TIMEOUT.name()) ? 10 : 5;
        }
        return ErrorSelector.isThrottling(kind) ? 5 : 14;
    }

    @Override
    public double firstAttemptDeposit() {
        return 1;
    }

    @Override
    public double afterRetryDeposit(ErrorKind lastRetried) {
        return cost(lastRetried);
    }

    @Override
    public String toString() {
        return text;
    }
}
