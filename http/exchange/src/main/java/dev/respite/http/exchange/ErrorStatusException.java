package dev.respite.http.exchange;

import java.io.IOException;
import java.net.URI;

/**
 * The failure that a circuit breaker receives for a response with an error status of the server: see {@link OriginBreakers}. The
 * client throws none.
 *
 * <p>For a breaker that is to see some of these otherwise: {@code ignoreException(error -> error instanceof
 * ErrorStatusException answer && answer.status() == 429)}. It has no stack trace.
 */
public final class ErrorStatusException extends IOException {

    private static final long serialVersionUID = 1;

    /** The status of the response. */
    private final int status;

    ErrorStatusException(int status, URI uri) {
        super("status " + status + " from " + Origins.of(uri));
        this.status = status;
    }

    /** {@return the status: 408, 425, 429, or 500 to 599} */
    public int status() {
        return status;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
