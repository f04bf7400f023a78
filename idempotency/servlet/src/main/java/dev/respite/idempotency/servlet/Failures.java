package dev.respite.idempotency.servlet;

import dev.respite.cause.CauseChain;
import jakarta.servlet.ServletException;
import java.io.IOException;

/** Rethrows an exception from behind the filter with its own type where possible. */
final class Failures {

    private Failures() {}

    static ServletException thrown(Throwable failure) throws IOException, ServletException {
        Throwable cause = CauseChain.unwrap(failure);
        if (cause instanceof IOException in) {
            throw in;
        }
        if (cause instanceof ServletException in) {
            throw in;
        }
        if (cause instanceof RuntimeException in) {
            throw in;
        }
        if (cause instanceof Error in) {
            throw in;
        }
        return new ServletException(cause);
    }
}
