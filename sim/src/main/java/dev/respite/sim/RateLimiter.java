package dev.respite.sim;

/**
 * A bucket of tokens that is filled at a steady rate; each request takes one. Times are whole nanoseconds, so requests that
 * come exactly at the rate come up to one nanosecond too early. That much may be missing from a token.
 */
final class RateLimiter {

    private static final double ROUNDING = 1e-9;

    private final double perNano;
    private final int burst;
    private double tokens;
    private long filledAt;

    RateLimiter(double perSecond, int burst) {
        this.perNano = perSecond / 1e9;
        this.burst = burst;
        this.tokens = burst;
    }

    boolean tryAcquire(long now) {
        tokens = Math.min(burst, tokens + (now - filledAt) * perNano);
        filledAt = now;
        if (tokens < 1 - perNano - ROUNDING) {
            return false;
        }
        tokens--;
        return true;
    }
}
