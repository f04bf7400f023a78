package dev.respite.cause;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes interruptions and cancellations. The family of {@link InterruptedIOException} has two meanings: an interrupted
 * read or write, and a timeout (a connect, pool, call or read timeout of many clients). The thread's interrupt flag separates
 * them.
 */
public final class Interruptions {

    /** Is a cancellation by its supertype, and means that the time of {@code withTimeout} was up. */
    private static final String TIMEOUT_OF_COROUTINES = "kotlinx.coroutines.TimeoutCancellationException";

    private Interruptions() {}

    /**
     * Returns whether a class is one of cancellations: {@link CancellationException} and its subclasses, except the timeouts of
     * Kotlin's coroutines.
     *
     * @param type the class
     * @return true if its throwables mean that the caller needs no result any more
     */
    public static boolean isCancellation(Class<?> type) {
        return CancellationException.class.isAssignableFrom(type)
                && !type.getName().equals(TIMEOUT_OF_COROUTINES);
    }

    /**
     * Returns whether one throwable, without its causes, is an interruption.
     *
     * @param error the throwable
     * @param flagged whether the thread's interrupt flag was set when the failure was caught
     * @return true if the thread that threw it was interrupted
     */
    public static boolean isInterruption(Throwable error, boolean flagged) {
        if (error instanceof InterruptedIOException) {
            return flagged || isBare(error);
        }
        return clearsFlag(error);
    }

    /** Piped streams of the JDK throw this for an interrupt, and clear the flag. A timeout has a message or a cause. */
    private static boolean isBare(Throwable error) {
        return error.getClass() == InterruptedIOException.class
                && error.getMessage() == null
                && error.getCause() == null;
    }

    /**
     * Returns whether an exception by which a thread loses its interrupt flag is in the chain of causes. A {@link
     * CompletionException} or {@link ExecutionException} ends the search: its cause was thrown on another thread.
     *
     * @param failure the outermost throwable
     * @return whether such an exception is found within {@value CauseChain#MAX_LENGTH} throwables
     */
    public static boolean anyClearsFlag(Throwable failure) {
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < CauseChain.MAX_LENGTH; depth++) {
            if (clearsFlag(error)) {
                return true;
            }
            if (CauseChain.isWrapper(error)) {
                return false;
            }
            error = error.getCause();
        }
        return false;
    }

    private static boolean clearsFlag(Throwable error) {
        return error instanceof InterruptedException || error instanceof ClosedByInterruptException;
    }
}
