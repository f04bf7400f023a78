package dev.respite;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The pace of deferred retries that the budget rejects. After an outage, all calls of a store may be such retries. None of them is a
 * first attempt whose success would pay for another, so a budget alone would hold them forever.
 *
 * <p>A pace is a rate of retries. It begins at one a second. A success adds 0.4 a second, or a fifth of the rate if that is less: the
 * rate grows e-fold in 2.5 seconds while there are enough calls. The first overload halves it. It comes back in the same way to 70 % of
 * the rate that was too much. Then it grows by 2 % a second, and by 0.3 % with each success at most: a pace may be one of many
 * beside a small target. From then on an overload takes 30 % of it. Overloads without a success between them halve it, down to one
 * retry in eight seconds. It slows down once a second at most, and below one a second with each failure. A pace that was not used for
 * ten seconds begins again.
 *
 * <p>This is the slow start of TCP (RFC 5681) with the decrease of CUBIC (RFC 9438, section 4.6), with rates in place of windows and a
 * second in place of the round trip. The growth is relative, so targets of 3 and of 300 requests a second are approached alike. The
 * measurements are in {@code docs/adr/durable.md}.
 *
 * <p>Safe for use by any number of threads.
 */
final class DeferralPace {

    private static final double SECOND = 1e9;
    private static final double FIRST_RATE = 1;
    private static final double MIN_RATE = 0.125;
    private static final double IDLE_NANOS = 10 * SECOND;

    /** The growth until the first overload: a second, and with a success. */
    private static final double START_A_SECOND = 0.4;

    private static final double START_A_SUCCESS = 0.2;

    /** So much of the rate is left after an overload that follows successes. */
    private static final double DECREASE = 0.7;

    /** So much is left after an overload that ends the fast growth, or that follows another. */
    private static final double HALF = 0.5;

    /** The growth near the limit of the target: a second, and with a success. */
    private static final double GROWTH_A_SECOND = 0.02;

    private static final double GROWTH_A_SUCCESS = 0.003;

    /** The mean number of retries that count as the last ones. */
    private static final double LAST = 8;

    /** So much of a second may be made up for at once, beside one retry: a tick in which a store is queried. */
    private static final double BURST = 0.1;

    private final ReentrantLock lock = new ReentrantLock();

    /** Retries a second. */
    private double rate = FIRST_RATE;

    /** From this rate on it grows slowly. */
    private double threshold = Double.POSITIVE_INFINITY;

    /** Retries that may be made now; the first may. */
    private double tokens = 1;

    /** The share of failures in the last retries. */
    private double failing;

    private boolean begun;
    private boolean hasSucceeded;
    private long refilledAt;
    private long usedAt;
    private long decreasedAt;

    /** Takes a retry, if one may be made. Report its end by {@link #succeeded} or {@link #failed}. */
    boolean tryTake(long now) {
        lock.lock();
        try {
            refill(now);
            if (tokens < 1) {
                return false;
            }
            tokens -= 1;
            usedAt = now;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many retries may be made now. */
    int left(long now) {
        lock.lock();
        try {
            refill(now);
            return Math.max(0, (int) tokens);
        } finally {
            lock.unlock();
        }
    }

    /** A retry that was taken has succeeded. */
    void succeeded(long now) {
        lock.lock();
        try {
            refill(now);
            usedAt = now;
            hasSucceeded = true;
            failing -= failing / LAST;
            rate += rate < threshold
                    ? Math.min(START_A_SECOND, START_A_SUCCESS * rate)
                    : Math.min(GROWTH_A_SECOND, GROWTH_A_SUCCESS * rate);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A retry that was taken has failed. At a rate below one a second each failure counts, since there may be an outage.
     *
     * @param isOverload whether the target may have too much to do. Other errors slow the pace down only if more than half of the
     *     last retries have failed: a share of them may go on for ever
     */
    void failed(boolean isOverload, long now) {
        lock.lock();
        try {
            refill(now);
            usedAt = now;
            failing += (1 - failing) / LAST;
            boolean isEnough = now - decreasedAt >= SECOND || rate <= FIRST_RATE;
            if (isEnough && (isOverload || failing > 0.5)) {
                slowDown(now);
                tokens = Math.min(tokens, 0);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Another attempt than a deferred retry has found the target overloaded: however many do, one retry in eight seconds goes on. */
    void overloaded(long now) {
        lock.lock();
        try {
            refill(now);
            if (now - decreasedAt >= SECOND) {
                slowDown(now);
            }
        } finally {
            lock.unlock();
        }
    }

    private void slowDown(long now) {
        decreasedAt = now;
        if (hasSucceeded) {
            double left = rate < threshold ? HALF : DECREASE;
            threshold = DECREASE * rate;
            rate = Math.max(MIN_RATE, left * rate);
        } else {
            rate = Math.max(MIN_RATE, HALF * rate);
        }
        hasSucceeded = false;
    }

    private void refill(long now) {
        if (!begun) {
            begun = true;
            refilledAt = now;
            usedAt = now;
            decreasedAt = now - (long) SECOND;
        }
        if (now - usedAt > IDLE_NANOS / Math.min(1, rate)) {
            rate = FIRST_RATE;
            threshold = Double.POSITIVE_INFINITY;
            tokens = Math.min(tokens, 1);
            hasSucceeded = false;
            failing = 0;
            usedAt = now;
        }
        // The clock is read before the lock, so a later time may have come first.
        double passed = Math.max(0, now - refilledAt);
        refilledAt = Math.max(refilledAt, now);
        tokens = Math.min(1 + rate * BURST, tokens + rate * passed / SECOND);
    }
}
