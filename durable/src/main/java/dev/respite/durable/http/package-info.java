/**
 * Durable calls of HTTP: requests that are stored in a business transaction and sent after its commit, until the server responds.
 *
 * <p>Start with {@link dev.respite.durable.http.OutboundHttp}. Needs {@code respite-http-exchange}.
 */
@NullMarked
package dev.respite.durable.http;

import org.jspecify.annotations.NullMarked;
