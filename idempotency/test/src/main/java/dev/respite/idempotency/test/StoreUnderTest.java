package dev.respite.idempotency.test;

import dev.respite.idempotency.store.IdempotencyStore;
import java.time.Duration;

/** The store that the contract tests, and what the tests need to know of it. */
interface StoreUnderTest {

    /** {@return the store to test, the same throughout a test} */
    IdempotencyStore store();

    /**
     * Advances the time of the store: by its own clock, by setting the times of its records back, or by waiting.
     *
     * @param time the minimum duration, 50 ms to 3 s
     */
    void advance(Duration time);

    /**
     * {@return whether the store rejects a key that is older than a purged one, whatever the time of its clock} Override it for
     * a store whose records expire without such a mark.
     */
    default boolean rejectsKeysOlderThanPurgedOnes() {
        return true;
    }

    /** {@return whether the store can list and count its records} Override it for a store that cannot. */
    default boolean supportsListing() {
        return true;
    }
}
