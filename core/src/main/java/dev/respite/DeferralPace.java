package dev.respite;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The pace of deferred retries that the budget rejects. After an outage, all calls of a store may be such retries. None of them is a
 * first attempt whose success would pay for another, so a budget alone would hold them forever.
 *
 * <p>A pace is a rate of retries. It begins at one a second, and each success adds one a second: it grows e-fold each second while there
 * are enough calls. A failure halves it, once a second at most; from half of the rate that failed on, it grows by one a second each
 * second. While retries fail it falls to one in eight seconds. A pace that was not used for ten seconds begins again. This is the
 * slow start and the congestion avoidance of TCP (RFC 5681), with rates in place of windows and a second in place of the round
 * trip. What a budget alone does is in {@code docs/adr/0019}.
 *
 * <p>Safe for use by any number of threads.
 */
final class DeferralPace {

    private static final double SECOND = 1e9;
    private static final double FIRST_RATE = 1;
    private static final double MIN_RATE = 0.125;
    private static final double IDLE_NANOS = 10 * SECOND;

    /** So much of a second may be made up for at once. */
    private static final double BURST = 0.1;

    private final ReentrantLock lock = new ReentrantLock();

    /** Retries a second. */
    private double rate = FIRST_RATE;

    /** From this rate on it grows slowly. */
    private double threshold = Double.POSITIVE_INFINITY;

    /** Retries that may be made now; the first may. */
    private double tokens = 1;

    private boolean begun;
    private long refilledAt;
    private long usedAt;
    private long halvedAt;

    /** Takes a retry, if one may be made. Report its end by {@link #ended}. */
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

    /** A retry that was taken has ended. */
    void ended(boolean succeeded, long now) {
        lock.lock();
        try {
            refill(now);
            usedAt = now;
            if (succeeded) {
                rate += rate < threshold ? 1 : 1 / rate;
            } else if (now - halvedAt >= SECOND || rate <= FIRST_RATE) {
                halvedAt = now;
                rate = Math.max(MIN_RATE, rate / 2);
                threshold = Math.max(FIRST_RATE, rate);
                tokens = Math.min(tokens, 0);
            }
        } finally {
            lock.unlock();
        }
    }

    private void refill(long now) {
        if (!begun) {
            begun = true;
            refilledAt = now;
            usedAt = now;
            halvedAt = now - (long) SECOND;
        }
        if (now - usedAt > IDLE_NANOS / Math.min(1, rate)) {
            rate = FIRST_RATE;
            threshold = Double.POSITIVE_INFINITY;
            tokens = Math.min(tokens, 1);
            usedAt = now;
        }
        // The clock is read before the lock, so a later time may have come first.
        double passed = Math.max(0, now - refilledAt);
        refilledAt = Math.max(refilledAt, now);
        tokens = Math.min(Math.max(1, rate * BURST), tokens + rate * passed / SECOND);
    }
}
