package dev.respite.cause;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A failure and its causes, outermost first. Wrappers that only carry a failure between threads are looked through. */
public final class CauseChain {

    /** The greatest depth that is searched: longer than real chains of causes; a chain that runs in a circle ends here. */
    public static final int MAX_LENGTH = 1_000;

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
}
