package dev.respite.call;

import dev.respite.outcome.History;
import dev.respite.outcome.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * A {@linkplain Polling poll} ended before its condition held. The message has the number of polls, the time that they took and the
 * remedy.
 */
public final class NotReadyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object lastValue;
    /** Why the poll ended. */
    private final StopReason reason;

    NotReadyException(@Nullable Object lastValue, History history) {
        super("not ready after " + history.attempts() + (history.attempts() == 1 ? " poll" : " polls") + " in "
                + history.elapsed() + ", ended by: " + history.reason().phrase() + remedy(history.reason()));
        this.lastValue = lastValue;
        this.reason = history.reason();
    }

    private static String remedy(StopReason reason) {
        return reason == StopReason.TOTAL_TIMEOUT ? "; raise the timeout by withTotalTimeout" : "";
    }

    /**
     * Returns why the poll ended.
     *
     * @return {@link StopReason#TOTAL_TIMEOUT}, {@link StopReason#INTERRUPTED}, or {@link StopReason#EXECUTOR_REFUSED} if a
     *     scheduler was shut down
     */
    public StopReason reason() {
        return reason;
    }

    /**
     * {@return the last value, for which the condition did not hold; null if it was null, {@link AutoCloseable} and therefore
     * closed, or after serialization}
     */
    public @Nullable Object lastValue() {
        return lastValue;
    }
}
