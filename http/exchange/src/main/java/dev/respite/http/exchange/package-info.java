/**
 * Retries for HTTP without a client: the rules of the protocol, and the drivers that adapters of clients use.
 *
 * <p>Start with {@link dev.respite.http.exchange.HttpRetry}, which the adapters take. For a POST, see {@link
 * dev.respite.http.exchange.IdempotencyKeys}. To write an adapter, implement a {@link dev.respite.http.exchange.Transport}.
 */
@NullMarked
package dev.respite.http.exchange;

import org.jspecify.annotations.NullMarked;
