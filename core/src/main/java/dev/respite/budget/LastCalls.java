package dev.respite.budget;

/** The times of the last two calls of a client. Not thread-safe. */
final class LastCalls {

    private static final int BOTH = 2;

    private int known;
    private long last;
    private long before;

    /** No calls. */
    LastCalls() {}

    /** A copy. */
    LastCalls(LastCalls other) {
        this.known = other.known;
        this.last = other.last;
        this.before = other.before;
    }

    void called(long now) {
        if (known > 0 && now - last < 0) {
            return;
        }
        before = last;
        last = now;
        known = Math.min(BOTH, known + 1);
    }

    /** Returns whether fewer than two calls were made in the given nanoseconds before a time, by a client that has called before. */
    boolean areFewSince(long nanos, long now) {
        return known > 0 && now - (known == BOTH ? before : last) >= nanos;
    }

    /**
     * Returns an estimate of the calls a second, 0 if fewer than two are known. It has no bias for calls at random times: two
     * gaps have passed since the earlier call, since a gap ends now.
     */
    double perSecond(long now) {
        return known == BOTH ? 1e9 / Math.max(1, now - before) : 0;
    }
}
