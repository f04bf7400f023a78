package dev.respite.sim;

import java.time.Duration;
import java.util.Optional;

/** An answer that is an error: what an HTTP client would see as a status. */
final class ServiceErrorException extends Exception {

    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Optional<Duration> retryAfter;

    /** Millions of these are made in a run, and where does not matter: they have no stack trace. */
    ServiceErrorException(int status, Optional<Duration> retryAfter) {
        super(null, null, false, false);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    int status() {
        return status;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }

    @Override
    public String getMessage() {
        return "status " + status;
    }
}
