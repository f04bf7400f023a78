package dev.respite.sim;

/** A bucket of tokens that is filled at a steady rate; each request takes one. */
final class RateLimiter {

    private final double perNano;
    private final int burst;
    private double tokens;
    private long filledAt;

    RateLimiter(double perSecond, int burst) {
        this.perNano = perSecond / 1e9;
        this.burst = burst;
        this.tokens = burst;
    }

    boolean lets(long now) {
        tokens = Math.min(burst, tokens + (now - filledAt) * perNano);
        filledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
