/**
 * Retries for HTTP: the rules of the protocol, and a drop-in {@link java.net.http.HttpClient}.
 *
 * <p>The way in is {@link dev.respite.http.RetryingHttpClient}.
 */
@NullMarked
package dev.respite.http;

import org.jspecify.annotations.NullMarked;
