package dev.respite.sim;

import java.time.Duration;
import java.util.Optional;

/** An answer that is an error: what an HTTP client would see as a status. */
final class ServiceErrorException extends Exception {

    private static final long serialVersionUID = 1;

    /** The status of the response. */
    private final int status;

    private final transient Optional<Duration> retryAfter;

    /**
     * Creates the error.
     *
     * @param status the status, such as 503
     * @param retryAfter the hint, if there is one
     */
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
