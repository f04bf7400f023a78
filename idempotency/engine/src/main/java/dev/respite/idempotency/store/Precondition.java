package dev.respite.idempotency.store;

import java.time.Instant;

/**
 * The condition under which a store may change a record.
 *
 * @param ownerToken the name, fence and owner that the record must have
 * @param state the state that the record must have
 * @param leaseOver true if the lease must be over, by the store's clock at the moment of the change; if false, the lease
 *     does not matter
 */
public record Precondition(OwnerToken ownerToken, State state, boolean leaseOver) {

    /**
     * Returns whether a record meets this condition.
     *
     * @param found the record
     * @param storeNow the time of the store's clock
     * @return {@code true} if the change may be made
     */
    public boolean isMetBy(IdempotencyRecord found, Instant storeNow) {
        return found.state() == state
                && found.ownerToken().equals(ownerToken)
                && (!leaseOver || found.times().leaseUntil().isBefore(storeNow));
    }
}
