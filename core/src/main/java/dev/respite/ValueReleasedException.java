package dev.respite;

import dev.respite.outcome.StopReason;

/**
 * Ends a call whose last value was closed before the delay in which the call ended, so that there is no value to return.
 *
 * <p>Thrown if the thread is interrupted in a delay, or an executor rejects the next attempt, and the value before it was
 * {@link AutoCloseable}. A driver may keep a part of such a value instead.
 */
public final class ValueReleasedException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    /** Why the call ended. */
    private final StopReason stopReason;

    ValueReleasedException(Class<?> type, StopReason stopReason) {
        super("the call ended in the delay before its next attempt (" + stopReason.phrase()
                + "), and its last value, a "
                + type.getName()
                + ", had been closed when the delay began; return a value without resources, such as a copy"
                + " in memory, to have it in this case");
        this.stopReason = stopReason;
    }

    /** {@return the reason for which the call ended, never {@link StopReason#ACCEPTED}} */
    public StopReason stopReason() {
        return stopReason;
    }
}
