package dev.respite.policy;

/** What a named backoff is made of, in nanoseconds. */
record BackoffSettings(BackoffKind kind, long base, double multiplier, long increment, long cap, Jitter jitter) {

    BackoffSettings withBase(long newBase, long newIncrement) {
        return new BackoffSettings(
                kind, newBase, multiplier, kind == BackoffKind.LINEAR ? newIncrement : 0, cap, jitter);
    }
}
