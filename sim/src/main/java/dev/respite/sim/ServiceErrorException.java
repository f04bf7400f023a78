package dev.respite.sim;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An answer that is an error: what an HTTP client would see as a status. */
final class ServiceErrorException extends Exception {

    private static final long serialVersionUID = 1;

    /** The status of the response. */
    private final int status;

    private final transient Optional<Duration> retryAfter;

    /** True if the server marks it as the refusal of a retry. */
    private final boolean isRefusal;

    /**
     * Creates the error.
     *
     * @param status the status, such as 503
     * @param retryAfter the hint, if there is one
     */
    ServiceErrorException(int status, Optional<Duration> retryAfter) {
        this(status, retryAfter, false, null);
    }

    private ServiceErrorException(
            int status, Optional<Duration> retryAfter, boolean isRefusal, @Nullable Throwable cause) {
        super(null, cause, false, false);
        this.status = status;
        this.retryAfter = retryAfter;
        this.isRefusal = isRefusal;
    }

    /** Returns the refusal of a retry, with its mark. */
    static ServiceErrorException refusal(Duration retryAfter) {
        return new ServiceErrorException(503, Optional.of(retryAfter), true, null);
    }

    /** Returns the error of a service whose own call has ended with this one. The mark is not part of it. */
    ServiceErrorException passedOn() {
        return isRefusal ? new ServiceErrorException(status, retryAfter, false, this) : this;
    }

    boolean isRefusal() {
        return isRefusal;
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
