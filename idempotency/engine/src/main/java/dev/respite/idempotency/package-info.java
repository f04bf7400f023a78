/**
 * Runs work once for each idempotency key, however often a call arrives: a payment that is retried, a message that is delivered
 * twice.
 *
 * <p>Start with {@link dev.respite.idempotency.Idempotency}, implemented by {@link dev.respite.idempotency.ExternalIdempotency}
 * where record and effect are apart. To combine effect and record in another way, start with {@link
 * dev.respite.idempotency.IdempotencyEngine}. To write a store, start with {@link
 * dev.respite.idempotency.store.IdempotencyStore}.
 *
 * <p>A call passes through these stages, each with one type for its outcome:
 *
 * <ol>
 *   <li>the claim of the key ({@code KeyClaimer}): {@code Claim};
 *   <li>the execution of the work ({@link dev.respite.idempotency.IdempotencyEngine.EffectRunner}): {@link
 *       dev.respite.idempotency.ExecutionOutcome};
 *   <li>within it, for an effect in a database, each transaction: {@code TransactionResult} of the module {@code
 *       dev.respite.idempotency.jdbc};
 *   <li>the result of the call ({@code ResultMapper}): {@link dev.respite.idempotency.IdempotentResult}.
 * </ol>
 */
@NullMarked
package dev.respite.idempotency;

import org.jspecify.annotations.NullMarked;
