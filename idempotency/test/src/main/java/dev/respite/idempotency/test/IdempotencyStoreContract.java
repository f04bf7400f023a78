package dev.respite.idempotency.test;

import dev.respite.idempotency.store.IdempotencyStore;

/**
 * The contract of every {@link IdempotencyStore}, as JUnit tests. Implement it in a test class, and provide the store and a
 * way to advance its clock.
 *
 * <pre>{@code
 * class InMemoryStoreTest implements IdempotencyStoreContract {
 *
 *     private final VirtualTime time = new VirtualTime();
 *     private final IdempotencyStore store = InMemoryIdempotencyStore.of(Quota.defaults(), time);
 *
 *     public IdempotencyStore store() {
 *         return store;
 *     }
 *
 *     public void advance(Duration passed) {
 *         time.advance(passed);
 *     }
 * }
 * }</pre>
 *
 * <p>Each test uses new names of records, so the store need not be empty. It must have room for a few hundred records.
 */
public interface IdempotencyStoreContract extends ClaimContract, ChangeContract, PurgeContract, ListingContract {}
