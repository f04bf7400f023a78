package dev.respite;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Tells whether a failure means that the thread which caught it was interrupted, and so has lost its flag. */
final class Interruptions {

    private static final int DEEPEST = 32;

    private Interruptions() {}

    /**
     * Whether an interruption is the failure or among its causes. What was carried over from another thread says nothing of
     * this one; nor does what Okio throws for a timeout.
     */
    static boolean isOfThisThread(Throwable failure) {
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < DEEPEST; depth++) {
            if (isInterruption(error)) {
                return true;
            }
            if (error instanceof CompletionException || error instanceof ExecutionException) {
                return false;
            }
            error = error.getCause();
        }
        return false;
    }

    private static boolean isInterruption(Throwable error) {
        if (error instanceof InterruptedIOException) {
            return !(error instanceof SocketTimeoutException) && !"timeout".equals(error.getMessage());
        }
        return error instanceof InterruptedException || error instanceof ClosedByInterruptException;
    }
}
