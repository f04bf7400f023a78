/**
 * Idempotency keys in HTTP: the header, the responses, and a handler for the JDK's HTTP server.
 *
 * <p>Start with {@link dev.respite.idempotency.http.IdempotentHandler}. To write a filter for another server, start with
 * {@link dev.respite.idempotency.http.HttpGuard}.
 */
@NullMarked
package dev.respite.idempotency.http;

import org.jspecify.annotations.NullMarked;
