package dev.respite.budget;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.GrpcSpec;
import java.util.concurrent.atomic.AtomicLong;

/**
 * gRPC's retry throttling (proposal A6): failures take tokens, successes add some, and retries are made while more than
 * half of the tokens are there. Tokens are counted in thousandths, as the proposal keeps three decimals.
 */
final class GrpcThrottle implements RetryBudget {

    private static final long TOKEN = 1_000;

    private final long capacity;
    private final long credit;
    private final AtomicLong balance;

    GrpcThrottle(GrpcSpec spec, double retries) {
        this.capacity = spec.maxTokens() * TOKEN;
        this.credit = Math.round(spec.tokenRatio() * TOKEN);
        this.balance = new AtomicLong(Math.min(
                capacity, capacity / 2 + (long) ((Math.min(retries, spec.maxTokens()) + 1) * TOKEN)));
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        return balance.get() > capacity / 2;
    }

    @Override
    public void failed(FailedAttempt failed) {
        balance.accumulateAndGet(TOKEN, (tokens, token) -> Math.max(0, tokens - token));
    }

    @Override
    public void succeeded() {
        if (balance.get() != capacity) {
            balance.accumulateAndGet(credit, (tokens, added) -> Math.min(capacity, tokens + added));
        }
    }

    @Override
    public double retriesLeft() {
        // The failure before each retry takes a token too.
        return Math.max(0, (balance.get() - capacity / 2) / (double) TOKEN - 1);
    }
}
