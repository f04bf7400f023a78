/**
 * Runs work once for each idempotency key, however often a call arrives: a payment that is retried, a message that is delivered
 * twice.
 *
 * <p>Start at {@link dev.respite.idempotency.Idempotency}, implemented by {@link dev.respite.idempotency.ExternalIdempotency}
 * where record and effect are apart. To combine effect and record in another way, start at {@link
 * dev.respite.idempotency.IdempotencyEngine}. To write a store, start at {@link
 * dev.respite.idempotency.store.IdempotencyStore}.
 */
@NullMarked
package dev.respite.idempotency;

import org.jspecify.annotations.NullMarked;
