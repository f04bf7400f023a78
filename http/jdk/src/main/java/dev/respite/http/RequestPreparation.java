package dev.respite.http;

import dev.respite.outcome.Attempt;
import java.io.IOException;
import java.net.http.HttpRequest;

/**
 * Prepares the request of each attempt, the first too: signs it with the present time, or sets a token that is still valid.
 *
 * <pre>{@code
 * client.withRequestPreparation((request, attempt) -> HttpRequest.newBuilder(request, (name, value) -> true)
 *         .setHeader("Authorization", "Bearer " + tokens.current())
 *         .build());
 * }</pre>
 *
 * <p>Must be safe for use by any number of threads. In an asynchronous call it runs on the caller's thread for the first
 * attempt, and in the executor of the time source for later ones.
 */
@FunctionalInterface
public interface RequestPreparation {

    /** Returns the request as it is. */
    RequestPreparation NONE = (request, attempt) -> request;

    /**
     * Prepares a request.
     *
     * @param request the request as it would be sent: with the idempotency key and the attempt's number
     * @param attempt how far the call has got
     * @return the request to send, with the same method, origin and body: header fields, path and query may differ
     * @throws IOException if the request cannot be prepared. Whatever is thrown ends the call, and the caller receives it
     */
    HttpRequest prepare(HttpRequest request, Attempt attempt) throws IOException;
}
