package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.util.Map;

/** The settings of a named backoff, in nanoseconds. */
record BackoffSettings(BackoffKind kind, long base, double multiplier, long increment, long cap, Jitter jitter) {

    BackoffSettings withBase(long newBase, long newIncrement) {
        return new BackoffSettings(
                kind, newBase, multiplier, kind == BackoffKind.LINEAR ? newIncrement : 0, cap, jitter);
    }

    /** Writes the keys and values of a backoff, each key behind a prefix. */
    void write(String prefix, Map<String, String> out) {
        out.put(prefix + PolicyKeys.BACKOFF, kind.toString());
        if (kind == BackoffKind.IMMEDIATE) {
            return;
        }
        out.put(prefix + PolicyKeys.BASE_DELAY, ValueFormat.formatNanos(base));
        if (kind == BackoffKind.EXPONENTIAL) {
            out.put(prefix + PolicyKeys.MULTIPLIER, ValueFormat.format(multiplier));
        }
        if (kind == BackoffKind.LINEAR) {
            out.put(prefix + PolicyKeys.INCREMENT, ValueFormat.formatNanos(increment));
        }
        out.put(prefix + PolicyKeys.MAX_DELAY, ValueFormat.formatNanos(cap));
        if (kind.takesJitter()) {
            out.put(prefix + PolicyKeys.JITTER, jitter.toString());
        }
    }
}
