package dev.respite;

import dev.respite.outcome.Outcome;
import org.jspecify.annotations.Nullable;

/** Passes the exception and the interrupt flag of a blocking attempt on. */
final class CallerThread {

    private CallerThread() {}

    /** The failure of an attempt that ran on this thread. */
    static <T extends @Nullable Object> Outcome<T> failure(Throwable error) {
        return Outcome.failure(error, Thread.currentThread().isInterrupted());
    }

    /** Sets the interrupt flag of this thread, on which an attempt ran, if the attempt lost it. */
    static void restoreFlag(Outcome<?> last) {
        if (last instanceof Outcome.Failure<?> failure && failure.clearedInterruptFlag()) {
            Thread.currentThread().interrupt();
        }
    }

    /** Throws any exception: the operation that threw it has declared it, as X. */
    @SuppressWarnings("unchecked")
    static <X extends Throwable> void throwAsIs(Throwable error) throws X {
        throw (X) error;
    }
}
