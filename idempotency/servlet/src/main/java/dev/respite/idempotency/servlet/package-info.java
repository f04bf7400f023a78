/**
 * Idempotency keys in HTTP: a filter for Jakarta servlets, synchronous and asynchronous.
 *
 * <p>Start with {@link dev.respite.idempotency.servlet.IdempotencyFilter}.
 */
@NullMarked
package dev.respite.idempotency.servlet;

import org.jspecify.annotations.NullMarked;
