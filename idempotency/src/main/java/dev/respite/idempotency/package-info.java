/**
 * Runs a thing once, however often it is asked for: a payment that is retried, a message that is delivered twice.
 *
 * <p>The way in is {@link dev.respite.idempotency.Idempotency}, made by {@link
 * dev.respite.idempotency.ExternalIdempotency} where the record of what was done lives apart from what is done. Who writes a
 * store begins at {@link dev.respite.idempotency.IdempotencyStore}; who writes another way to join effect and record begins
 * at {@link dev.respite.idempotency.Claims}.
 */
@NullMarked
package dev.respite.idempotency;

import org.jspecify.annotations.NullMarked;
