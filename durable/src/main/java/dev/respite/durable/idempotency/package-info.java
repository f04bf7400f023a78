/**
 * Durable effects with a record of their key in the same transaction.
 *
 * <p>Start with {@link dev.respite.durable.idempotency.IdempotentEffects}.
 */
@NullMarked
package dev.respite.durable.idempotency;

import org.jspecify.annotations.NullMarked;
