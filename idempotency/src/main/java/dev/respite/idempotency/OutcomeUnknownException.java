package dev.respite.idempotency;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by work that does not know whether it was done: its effect may have happened, or may still happen, after it has
 * ended. The record becomes {@link State#UNKNOWN}, also where the effect was not yet recorded as begun, and nothing is run again
 * under its key until it is {@linkplain Claims#resolve resolved}; with {@link CrashPolicy#runAgain()} it may be run again.
 */
public final class OutcomeUnknownException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int MAX_DEPTH = 20;

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

    /**
     * Whether a failure is of this class, or was caused by one that is: frameworks wrap what a handler throws.
     *
     * @param failure the failure
     * @return whether one of the first 20 exceptions of its chain of causes is of this class
     */
    public static boolean isIn(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
            if (at instanceof OutcomeUnknownException) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }
}
