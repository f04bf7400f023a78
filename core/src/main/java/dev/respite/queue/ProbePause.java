package dev.respite.queue;

/**
 * How long a queue waits for an attempt of any call before it releases one call to find out whether the target succeeds again.
 * Where calls come from outside, their first attempts show that. Where all callers wait themselves, as the threads of a pool do,
 * there are none. Not thread-safe.
 *
 * <p>The pause is ten times the usual distance of attempts in the last minute, at least 1 s, and doubles with each such call that
 * fails, up to eight times as long. So the calls that many clients release in this way are a tenth of their usual load at most,
 * while they send nothing else.
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

    /** How long from now until a call is to be released, if no attempt ends before, in nanoseconds; 0 or less is at once. */
    long nanosLeft(long now) {
        double known = Math.min(MEMORY_NANOS, (double) Math.max(0, lastAt - firstAt));
        double distance = attempts < MIN_ATTEMPTS ? MEMORY_NANOS / MIN_ATTEMPTS : known / attempts;
        double pause = Math.max(MIN_NANOS, TIMES_USUAL_DISTANCE * distance) * (1 << failed);
        return lastAt + Math.round(pause) - now;
    }
}
