/**
 * Records of keys, and the store that holds them: what a store implements, what it stores, and a store in memory.
 *
 * <p>Start with {@link dev.respite.idempotency.store.IdempotencyStore} to write a store. To use one, pass {@link
 * dev.respite.idempotency.store.InMemoryIdempotencyStore} or the store of another module to {@code ExternalIdempotency}.
 * Nothing in this package decides whether work runs: that is {@link dev.respite.idempotency.IdempotencyEngine}.
 */
@NullMarked
package dev.respite.idempotency.store;

import org.jspecify.annotations.NullMarked;
