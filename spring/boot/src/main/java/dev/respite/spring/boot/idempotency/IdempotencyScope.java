package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.Scope;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Finds the scope of the key of a request, for example its tenant. Within it, each principal has keys of its own. A bean of this
 * type is selected by its name, see {@link Idempotent#scope()}. Safe for use by any number of threads.
 */
@FunctionalInterface
public interface IdempotencyScope {

    /**
     * Returns the scope of the key. Use an authenticated identity, never one that a caller only claims: with {@link
     * Idempotent#sharedScope()}, a caller with the scope of another can get its responses.
     *
     * @param request the request; its body must not be read
     * @return the scope; an empty result is answered with 401
     */
    Optional<Scope> scopeOf(HttpServletRequest request);
}
