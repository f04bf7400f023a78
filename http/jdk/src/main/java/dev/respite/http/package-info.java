/**
 * A drop-in {@link java.net.http.HttpClient} that retries. The rules of HTTP are in {@link dev.respite.http.exchange}.
 *
 * <p>Start with {@link dev.respite.http.RetryingHttpClient}. For a POST, see {@link dev.respite.http.exchange.IdempotencyKeys}.
 */
@NullMarked
package dev.respite.http;

import org.jspecify.annotations.NullMarked;
