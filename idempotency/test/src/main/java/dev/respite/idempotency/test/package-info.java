/**
 * Contract tests for implementations of Respite's interfaces.
 *
 * <p>Start with {@link dev.respite.idempotency.test.IdempotencyStoreContract}.
 */
@NullMarked
package dev.respite.idempotency.test;

import org.jspecify.annotations.NullMarked;
