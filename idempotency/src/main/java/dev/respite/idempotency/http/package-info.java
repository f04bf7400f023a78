/**
 * Idempotency keys on the wire: the header, the answers, and a handler for the JDK's HTTP server.
 *
 * <p>The way in is {@link dev.respite.idempotency.http.IdempotentHandler}; who writes a filter for another server begins at
 * {@link dev.respite.idempotency.http.HttpGuard}.
 */
@NullMarked
package dev.respite.idempotency.http;

import org.jspecify.annotations.NullMarked;
