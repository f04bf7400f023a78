package dev.respite.idempotency;

import dev.respite.idempotency.store.State;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by work whose outcome is unknown: its effect may have taken place, or may still take place after the work has
 * ended. The record becomes {@link State#UNKNOWN}, even if no effect was recorded as begun. The work does not run again
 * under its key until the record is {@linkplain IdempotencyEngine#resolve resolved}; with {@link CrashPolicy#runAgain()} it
 * may run again.
 */
public final class OutcomeUnknownException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int MAX_DEPTH = 20;

    /**
     * Creates the exception.
     *
     * @param message why the outcome is unknown
     */
    public OutcomeUnknownException(String message) {
        this(message, null);
    }

    /**
     * Creates the exception.
     *
     * @param message why the outcome is unknown
     * @param cause what ended the work; null if there is none
     */
    public OutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Returns whether an exception, or one of its causes, is of this class. Frameworks wrap the exceptions of handlers.
     *
     * @param failure the exception
     * @return whether one of the first 20 exceptions of the chain of causes is of this class
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
