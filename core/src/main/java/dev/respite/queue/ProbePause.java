package dev.respite.queue;

/**
 * The time that a queue waits for an attempt of any call before it releases one call as a probe of the target. Where calls come
 * from outside, their first attempts are such probes. Where all callers wait, as the threads of a pool do, there are no first
 * attempts. Not thread-safe.
 *
 * <p>The pause is ten times the usual distance of attempts in the last minute, and at least 1 s. It doubles with each probe
 * that fails, up to eight times. So the probes of many clients are a tenth of their usual load at most.
 */
final class ProbePause {

    private static final double MIN_NANOS = 1e9;
    private static final double TIMES_USUAL_DISTANCE = 10;
    private static final double MEMORY_NANOS = 60e9;

    /** A client with fewer attempts in the memory is new, or calls rarely: its pause is a minute or longer. */
    private static final double MIN_ATTEMPTS = 10;

    private static final int MAX_DOUBLINGS = 3;

    /** Attempts of the last minute, exponentially weighted. */
    private double attempts;

    private long firstAt;
    private long lastAt;
    private int failed;

    /** An attempt has ended. */
    void attempted(boolean success, long now) {
        if (attempts == 0) {
            firstAt = now;
            lastAt = now;
        }
        attempts = attempts * Math.exp(-(double) Math.max(0, now - lastAt) / MEMORY_NANOS) + 1;
        lastAt = now - lastAt > 0 ? now : lastAt;
        failed = success ? 0 : failed;
    }

    /** A call that was released after a pause has failed. */
    void probeFailed() {
        failed = Math.min(MAX_DOUBLINGS, failed + 1);
    }

    /** Returns the nanoseconds until a call is released, if no attempt ends before that; 0 or less is at once. */
    long nanosLeft(long now) {
        double known = Math.min(MEMORY_NANOS, (double) Math.max(0, lastAt - firstAt));
        double distance = attempts < MIN_ATTEMPTS ? MEMORY_NANOS / MIN_ATTEMPTS : known / attempts;
        double pause = Math.max(MIN_NANOS, TIMES_USUAL_DISTANCE * distance) * (1 << failed);
        return lastAt + Math.round(pause) - now;
    }
}
