package dev.respite.spring.http;

import dev.respite.text.ValueFormat;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rejects redirects of clients that send idempotency keys. Such a client follows none, and would return the response without its body
 * as if the request had been handled.
 */
final class UnfollowedRedirect {

    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

    private static final int SEE_OTHER = 303;

    private UnfollowedRedirect() {}

    /** Throws if a response is a redirect. */
    static void reject(String method, URI uri, int status, @Nullable String location) {
        if (location != null && STATUSES.contains(status)) {
            throw new IllegalStateException(method + " " + withoutQuery(uri.toString()) + " was answered by status "
                    + status + " with Location '" + ValueFormat.shortened(withoutQuery(location))
                    + "'. A client with idempotency keys follows no redirect, since the other server may not honour keys."
                    + (status == SEE_OTHER
                            ? " The server has handled the request: read the result there by another client"
                            : " If the location is right, make it the base URL of the client, or send this request by a"
                                    + " client without idempotency keys"));
        }
    }

    /** A query may have secrets. */
    private static String withoutQuery(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query) + "?…";
    }
}
