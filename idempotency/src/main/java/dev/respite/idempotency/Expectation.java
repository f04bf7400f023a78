package dev.respite.idempotency;

import java.time.Instant;

/**
 * What a record must be for a change to be made to it.
 *
 * @param ownership its name, fence and owner
 * @param state its state
 * @param leaseOver whether its lease must be over, by the store's clock at the moment of the change; where this is false,
 *     the lease does not matter
 */
public record Expectation(Ownership ownership, State state, boolean leaseOver) {

    /**
     * Whether a record is as expected.
     *
     * @param found the record
     * @param storeNow the time by the store's clock
     * @return {@code true} if the change may be made
     */
    public boolean isMetBy(IdempotencyRecord found, Instant storeNow) {
        return found.state() == state
                && found.ownership().equals(ownership)
                && (!leaseOver || found.times().leaseUntil().isBefore(storeNow));
    }
}
