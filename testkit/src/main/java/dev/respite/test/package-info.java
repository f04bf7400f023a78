/**
 * Contract tests for implementations of Respite's interfaces.
 *
 * <p>Start with {@link dev.respite.test.IdempotencyStoreContract}.
 */
@NullMarked
package dev.respite.test;

import org.jspecify.annotations.NullMarked;
