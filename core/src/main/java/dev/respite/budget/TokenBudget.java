package dev.respite.budget;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.TokenSpec;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bucket of tokens. A full one costs a successful call one volatile read.
 *
 * <p>Tokens are counted in millionths, so that parts of a token add up exactly. The balance never leaves [0, capacity],
 * whatever races: each change is one compare-and-set.
 */
final class TokenBudget implements RetryBudget {

    private static final double MICROS = 1_000_000;

    private final TokenSpec spec;
    private final long capacity;
    private final long firstAttemptDeposit;
    private final AtomicLong balance;

    TokenBudget(TokenSpec spec, double initial) {
        this.spec = spec;
        this.capacity = micros(spec.capacity());
        this.firstAttemptDeposit = micros(spec.firstAttemptDeposit());
        this.balance = new AtomicLong(micros(initial));
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        long cost = micros(spec.cost(kind));
        long before = balance.get();
        while (before >= cost) {
            long witness = balance.compareAndExchange(before, before - cost);
            if (witness == before) {
                return true;
            }
            before = witness;
        }
        return false;
    }

    @Override
    public void succeeded() {
        if (balance.get() != capacity) {
            deposit(firstAttemptDeposit);
        }
    }

    @Override
    public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
        deposit(micros(spec.afterRetryDeposit(lastRetried)));
    }

    @Override
    public void refund(ErrorKind kind) {
        deposit(micros(spec.cost(kind)));
    }

    @Override
    public double retriesLeft() {
        return balance.get() / MICROS / spec.cost(ErrorKind.OTHER);
    }

    @Override
    public double overloadRetriesLeft() {
        return balance.get() / MICROS / spec.cost(ErrorKind.TIMEOUT);
    }

    private void deposit(long credit) {
        long before = balance.get();
        while (before < capacity) {
            long witness = balance.compareAndExchange(before, Math.min(capacity, before + credit));
            if (witness == before) {
                return;
            }
            before = witness;
        }
    }

    private static long micros(double tokens) {
        return Math.round(tokens * MICROS);
    }

    /** Returns the retries that are left now. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "retries left: %.1f", retriesLeft());
    }
}
