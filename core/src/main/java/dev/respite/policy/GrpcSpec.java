package dev.respite.policy;

import dev.respite.text.ValueFormat;

/**
 * gRPC's retry throttling (proposal A6): each transient failure takes one token, each success adds the ratio, and retries are
 * made only while more than half of the tokens are there.
 *
 * @param maxTokens the size of the bucket, 1 to 1000; it starts full
 * @param tokenRatio tokens for each success, above 0 and at most 1000; three decimals are kept
 */
public record GrpcSpec(int maxTokens, double tokenRatio) implements BudgetSpec {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public GrpcSpec {
        ValueFormat.checkRange("max tokens", maxTokens, 1, 1_000);
        ValueFormat.checkRange("token ratio", tokenRatio, 0.001, 1_000);
        tokenRatio = Math.floor(tokenRatio * 1_000 + 1e-6) / 1_000;
    }

    @Override
    public String toString() {
        return "grpc:" + maxTokens + "/" + ValueFormat.format(tokenRatio);
    }
}
