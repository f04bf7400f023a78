/**
 * Idempotency keys on the wire, as a filter for Jakarta servlets, synchronous and asynchronous.
 *
 * <p>The way in is {@link dev.respite.idempotency.servlet.IdempotencyFilter}.
 */
@NullMarked
package dev.respite.idempotency.servlet;

import org.jspecify.annotations.NullMarked;
