package dev.respite.spring.boot.advice;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.HttpStatus;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The retried calls of one request that is served. It has no reference to the request or its response, since calls may outlive
 * them. Safe for use by any number of threads.
 */
final class RequestAdvice {

    private final AtomicReference<State> state = new AtomicReference<>(new State(false, null, null, false));

    /**
     * The calls so far.
     *
     * @param gaveUp the end of the retried call that has ended last: true if it has given up
     * @param status the status of the response on which that call has given up; null if it ended with anything else
     * @param failure true if a call has given up on the failure that has left the handler; null if none has left it
     * @param closed whether the calls that end from now on are ignored
     */
    private record State(
            boolean gaveUp,
            @Nullable String status,
            @Nullable Boolean failure,
            boolean closed) {

        State ended(boolean givenUp, @Nullable String response) {
            return closed ? this : new State(givenUp, response, failure, false);
        }
    }

    /** Receives the ends of calls until {@link #close}. */
    void open() {
        State unused = state.updateAndGet(now -> new State(now.gaveUp, now.status, now.failure, false));
    }

    /** Ignores the calls that end from now on: the response does not depend on them. */
    void close() {
        State unused = state.updateAndGet(now -> new State(now.gaveUp, now.status, now.failure, true));
    }

    /** Notes that a call has succeeded: the application has handled what has failed before. */
    void succeeded() {
        State unused = state.updateAndGet(now -> now.ended(false, now.status));
    }

    /**
     * Notes that a call has failed.
     *
     * @param givenUp whether it has given up
     * @param response the status of the response that it returns; null if it returns none
     */
    void failed(boolean givenUp, @Nullable String response) {
        State unused = state.updateAndGet(now -> now.ended(givenUp, response));
    }

    /** Notes that a failure has left the handler. */
    void left(boolean givenUp) {
        State unused = state.updateAndGet(
                now -> new State(now.gaveUp, now.status, givenUp || Boolean.TRUE.equals(now.failure), now.closed));
    }

    /** Returns whether the last call has given up on the response of which a client has made this failure, or a cause of it. */
    boolean hasGivenUpOn(Throwable made) {
        State now = state.get();
        String status = now.status;
        return now.gaveUp
                && status != null
                && FactReader.readChain(made).stream()
                        .anyMatch(fact ->
                                fact instanceof HttpStatus stated && status.equals(Integer.toString(stated.code())));
    }

    /** Returns whether the response of this request, if it is an error of the server, is the end of a call that has given up. */
    boolean isGivenUp() {
        State now = state.get();
        return now.failure == null ? now.gaveUp : now.failure;
    }
}
