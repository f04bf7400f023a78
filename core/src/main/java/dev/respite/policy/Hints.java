package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.Locale;

/**
 * Selects whether a policy honours, caps or ignores a server's retry hint, and the limit for it.
 *
 * @param mode honour, cap or ignore
 * @param limit the longest wait that is taken from a server
 */
public record Hints(Mode mode, Duration limit) {

    /** The ways to treat a hint. */
    public enum Mode {
        /** Wait at least as long as the server requests; stop if that is longer than the limit. The default. */
        HONOUR,
        /** Wait at least as long as the server requests, but not longer than the limit: possibly too early. */
        CAP,
        /** Wait by the policy's own backoff. */
        IGNORE;

        /** {@return the value of the key {@code retry-after} in the policy's text form} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The hint of this side, of an open breaker for example: the limit of a server's hints does not apply. */
    static final Hints OWN_HINT = new Hints(Mode.HONOUR, Duration.ofNanos(Long.MAX_VALUE));

    /** Returns whether hints are spread: they are, unless the policy has no jitter: {@code jitter=none}. */
    static boolean areSpread(Backoff chosen) {
        return !(chosen instanceof BackoffFormula schedule)
                || !schedule.settings().kind().takesJitter()
                || !schedule.settings().jitter().isNone();
    }

    /** Returns whether the call stops rather than wait for so long. */
    boolean exceedsLimit(long hintNanos) {
        return mode == Mode.HONOUR && hintNanos > ValueFormat.saturatedNanos(limit);
    }

    /**
     * Returns the delay for a hint that was not rejected. It is spread upwards by at most half, and never beyond the limit, so
     * that clients do not retry at the same moment. A hint as long as the limit leaves no room to spread. A longer one that is
     * capped is spread over the last third of the limit, since it is too early in any case.
     */
    long delayNanos(long hintNanos, boolean spread, double roll) {
        if (mode == Mode.IGNORE) {
            return 0;
        }
        long most = ValueFormat.saturatedNanos(limit);
        if (!spread) {
            return Math.min(hintNanos, most);
        }
        long top = Math.min(most, Numbers.saturatedAdd(hintNanos, hintNanos / 2));
        long least = hintNanos <= most ? hintNanos : most / 3 * 2;
        return least + (long) (roll * (top - least));
    }
}
