/**
 * Runs work once for each idempotency key, however often a call arrives: a payment that is retried, a message that is delivered
 * twice.
 *
 * <p>Start with {@link dev.respite.idempotency.Idempotency}, implemented by {@link dev.respite.idempotency.ExternalIdempotency}
 * where record and effect are apart. To write a store, start with {@link dev.respite.idempotency.IdempotencyStore}; to combine
 * effect and record in another way, start with {@link dev.respite.idempotency.IdempotencyEngine}.
 */
@NullMarked
package dev.respite.idempotency;

import org.jspecify.annotations.NullMarked;
