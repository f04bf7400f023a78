/**
 * Retries for HTTP: the rules of the protocol, and a drop-in {@link java.net.http.HttpClient}.
 *
 * <p>Start with {@link dev.respite.http.RetryingHttpClient}. For a POST, see {@link dev.respite.http.IdempotencyKeys}.
 */
@NullMarked
package dev.respite.http;

import org.jspecify.annotations.NullMarked;
