package dev.respite.http;

import dev.respite.cause.CauseChain;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Reads the failures of the JDK's client, which covers some of them by others. */
final class ClientFailures {

    private ClientFailures() {}

    /** The failure of a stage, as it was before the stage. */
    static Throwable unwrapped(Throwable error) {
        Throwable real = CauseChain.unwrap(error);
        return real instanceof IOException io ? uncovered(io) : real;
    }

    static boolean isCausedBy(Throwable bug, Throwable failure) {
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < 8; depth++) {
            if (error == bug) {
                return true;
            }
            error = error.getCause();
        }
        return false;
    }

    static IOException thrown(ExecutionException failed) {
        Throwable cause = failed.getCause();
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException io ? uncovered(io) : new IOException(cause);
    }

    /** Returns whether the JDK's client was shut down, which it reports so from JDK 21 on. */
    static boolean isClosed(Throwable failure) {
        return failure.getClass() == IOException.class && "closed".equals(failure.getMessage());
    }

    /** The JDK's client covers a failure by "Too many retries" where its own are switched off, twice if the call is blocking. */
    static IOException uncovered(IOException failure) {
        IOException real = failure;
        while ("Too many retries".equals(real.getMessage()) && real.getCause() instanceof IOException cause) {
            real = cause;
        }
        return real;
    }
}
