package dev.respite.http.exchange;

import java.net.URI;
import java.util.function.Predicate;

/**
 * The rules of responses.
 *
 * @param http the rules of HTTP
 * @param vendorHints returns, for the URI of a response, whether it may have hints beside {@code Retry-After}
 * @param unprocessed429 returns, for the URI of a response, whether a 429 states that the request was not processed
 */
record OriginRules(HttpRules http, Predicate<URI> vendorHints, Predicate<URI> unprocessed429) {

    OriginRules withHttp(HttpRules newHttp) {
        return new OriginRules(newHttp, vendorHints, unprocessed429);
    }

    OriginRules withVendorHints(Predicate<URI> more) {
        return new OriginRules(http, vendorHints.and(more), unprocessed429);
    }

    OriginRules withUnprocessed429(Predicate<URI> more) {
        return new OriginRules(http, vendorHints, unprocessed429.or(more));
    }
}
