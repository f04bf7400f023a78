package dev.respite.policy;

import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A failure and its causes, outermost first. Wrappers that only carry a failure between threads are looked through. */
final class CauseChain {

    /** Longer than real chains of causes; a chain that runs in a circle ends here. */
    static final int MAX_LENGTH = 1_000;

    private CauseChain() {}

    /** The first answer that a throwable of the chain gives. */
    static <V> Optional<V> first(Throwable failure, Function<Throwable, Optional<V>> ask) {
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < MAX_LENGTH; depth++) {
            boolean carrier = error instanceof CompletionException || error instanceof ExecutionException;
            // The cause is read only where it matters: the JDK takes a lock for it.
            if (!carrier || error.getCause() == null) {
                Optional<V> answer = ask.apply(error);
                if (answer.isPresent()) {
                    return answer;
                }
            }
            error = error.getCause();
        }
        return Optional.empty();
    }
}
