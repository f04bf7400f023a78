package dev.respite.idempotency.test;

import dev.respite.idempotency.store.IdempotencyStore;
import java.time.Duration;

/** The store that the contract tests, and what the tests need to know of it. */
interface StoreUnderTest {

    /**
     * Returns the store to test.
     *
     * @return the store, the same throughout a test
     */
    IdempotencyStore store();

    /**
     * Advances the time of the store: by its own clock, by setting the times of its records back, or by waiting.
     *
     * @param time the minimum duration, 50 ms to 3 s
     */
    void advance(Duration time);

    /**
     * Returns whether the store rejects a key that is older than a purged one, whatever the time of its clock.
     *
     * @return true; override it for a store whose records expire without such a mark
     */
    default boolean rejectsKeysOlderThanPurgedOnes() {
        return true;
    }

    /**
     * Returns whether the store can list and count its records.
     *
     * @return true; override it for a store that cannot
     */
    default boolean supportsListing() {
        return true;
    }
}
