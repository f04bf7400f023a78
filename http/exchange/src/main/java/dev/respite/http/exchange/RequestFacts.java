package dev.respite.http.exchange;

import java.util.Set;

/**
 * The facts about a request that decide whether it can be sent again.
 *
 * @param method the method, in its usual spelling: {@code GET}
 * @param keyed whether it carries an idempotency key that the server honours, as the user declares
 * @param replayable whether its body, if it has one, can be sent again, or has not been read yet
 * @param mayBeElsewhere whether a failure to connect may concern another server than the one that has already received the
 *     request: the client follows redirects, or a response had begun to arrive
 */
public record RequestFacts(String method, boolean keyed, boolean replayable, boolean mayBeElsewhere) {

    /** RFC 9110 section 9.2.2, and QUERY, which is safe by its definition. */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY");

    /**
     * Returns whether a method is idempotent by its definition: sent twice, it has the effect of being sent once.
     *
     * @param method the method; methods are case-sensitive
     * @return true for GET, HEAD, OPTIONS, TRACE, PUT, DELETE and QUERY
     */
    public static boolean isIdempotent(String method) {
        return IDEMPOTENT.contains(method);
    }

    /** Returns whether the method is safe (RFC 9110 section 9.2.1): the request has no effect. */
    boolean isSafe() {
        return isIdempotent(method) && !method.equals("PUT") && !method.equals("DELETE");
    }

    /** {@return whether the method is idempotent or the request has an idempotency key, whether or not the body can be sent again} */
    public boolean isRepeatable() {
        return keyed || isIdempotent(method);
    }
}
