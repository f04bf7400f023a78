package dev.respite.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by work that does not know whether it was done: its effect may have happened, or may still happen, after it has
 * ended. The record becomes {@link State#UNKNOWN}, also where the effect was not yet recorded as begun, and nothing is run again
 * under its key until it is {@linkplain Claims#resolve resolved}; with {@link CrashPolicy#runAgain()} it may be run again.
 */
public final class OutcomeUnknownException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message why it is not known
     */
    public OutcomeUnknownException(String message) {
        this(message, null);
    }

    /**
     * Creates the exception.
     *
     * @param message why it is not known
     * @param cause what made the work end; null if there is none
     */
    public OutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
