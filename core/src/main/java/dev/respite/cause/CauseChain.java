package dev.respite.cause;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A failure and its causes, outermost first, and the interruptions and cancellations among them. Wrappers that only carry a failure
 * between threads are looked through.
 *
 * <p>The family of {@link InterruptedIOException} has two meanings: an interrupted read or write, and a timeout (a connect, pool, call
 * or read timeout of many clients). The thread's interrupt flag separates them.
 */
public final class CauseChain {

    /** The greatest depth that is searched: longer than real chains of causes; a chain that runs in a circle ends here. */
    public static final int MAX_LENGTH = 1_000;

    /** Is a cancellation by its supertype, and means that the time of {@code withTimeout} was up. */
    private static final String TIMEOUT_OF_COROUTINES = "kotlinx.coroutines.TimeoutCancellationException";

    private CauseChain() {}

    /**
     * Finds the first throwable of the chain that a function has a value for. Wrappers with a cause are not searched themselves.
     *
     * @param failure the outermost throwable
     * @param search the function; empty means that the search goes on with the cause
     * @param <V> the type of the value
     * @return the first value, or empty if there is none within {@value #MAX_LENGTH} throwables
     */
    public static <V> Optional<V> first(Throwable failure, Function<Throwable, Optional<V>> search) {
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < MAX_LENGTH; depth++) {
            // The cause is read only where it matters: the JDK takes a lock for it.
            if (!isWrapper(error) || error.getCause() == null) {
                Optional<V> found = search.apply(error);
                if (found.isPresent()) {
                    return found;
                }
            }
            error = error.getCause();
        }
        return Optional.empty();
    }

    /**
     * Removes the wrappers in which stages and futures carry a failure between threads.
     *
     * @param failure a failure
     * @return the first throwable of its chain that is no {@link CompletionException} or {@link ExecutionException} with a
     *     cause
     */
    public static Throwable unwrap(Throwable failure) {
        Throwable error = failure;
        for (int depth = 0; isWrapper(error) && depth < MAX_LENGTH; depth++) {
            @Nullable Throwable cause = error.getCause();
            if (cause == null) {
                break;
            }
            error = cause;
        }
        return error;
    }

    /**
     * Returns whether a throwable only carries another one between threads.
     *
     * @param error the throwable
     * @return true for a {@link CompletionException} and an {@link ExecutionException}, also without a cause
     */
    public static boolean isWrapper(Throwable error) {
        return error instanceof CompletionException || error instanceof ExecutionException;
    }

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
        for (int depth = 0; error != null && depth < MAX_LENGTH; depth++) {
            if (clearsFlag(error)) {
                return true;
            }
            if (isWrapper(error)) {
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
