package dev.respite.spring.boot.advice;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * The retried calls of one request that is served. It has no reference to the request or its response, since calls may outlive
 * them. Safe for use by any number of threads.
 */
final class RequestAdvice {

    /** The end of the retried call that has ended last: true if it has given up. */
    private boolean gaveUp;

    /** The status of the response on which that call has given up; null if it ended with anything else. */
    private @Nullable String status;

    /** Whether a call has given up on the failure that has left the handler; null if none has left it. */
    private @Nullable Boolean failure;

    private boolean closed;

    /** Receives the ends of calls until {@link #close}. */
    synchronized void open() {
        closed = false;
    }

    /** Ignores the calls that end from now on: the response does not depend on them. */
    synchronized void close() {
        closed = true;
    }

    /** Notes that a call has succeeded: the application has handled what has failed before. */
    synchronized void succeeded() {
        if (!closed) {
            gaveUp = false;
        }
    }

    /**
     * Notes that a call has failed.
     *
     * @param givenUp whether it has given up
     * @param response the status of the response that it returns; null if it returns none
     */
    synchronized void failed(boolean givenUp, @Nullable String response) {
        if (!closed) {
            gaveUp = givenUp;
            status = response;
        }
    }

    /** Notes that a failure has left the handler. */
    synchronized void left(boolean givenUp) {
        failure = givenUp || (failure != null && failure);
    }

    /** Returns whether the last call has given up on the response of which a client has made this failure, or a cause of it. */
    synchronized boolean hasGivenUpOn(Throwable made) {
        return gaveUp
                && status != null
                && FactReader.readChain(made).stream()
                        .anyMatch(fact ->
                                fact instanceof HttpStatus stated && status.equals(Integer.toString(stated.code())));
    }

    /** Returns whether the response of this request, if it is an error of the server, is the end of a call that has given up. */
    synchronized boolean isGivenUp() {
        return failure == null ? gaveUp : failure;
    }
}
