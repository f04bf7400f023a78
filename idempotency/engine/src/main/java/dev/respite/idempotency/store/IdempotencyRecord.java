package dev.respite.idempotency.store;

import java.time.Instant;
import java.util.Optional;

/**
 * The record of a key, as it was when the store read it.
 *
 * @param ownerToken the current or last owner
 * @param state the state
 * @param fingerprint the fingerprint of the request
 * @param claims how often the record was claimed, the first claim included, less the claims that were withdrawn because
 *     their work was not begun
 * @param times the times of the record, by the store's clock
 * @param response the response; present if and only if the state is {@link State#DONE}
 */
public record IdempotencyRecord(
        OwnerToken ownerToken,
        State state,
        Fingerprint fingerprint,
        int claims,
        Times times,
        Optional<StoredResponse> response) {

    /**
     * The times of a record.
     *
     * @param leaseUntil when the lease ends; without meaning in a state without an owner
     * @param expiresAt when a record in {@link State#DONE} or {@link State#READY} may be purged
     * @param keyTime the time in the key, by the clock of the client that created it; empty for a key without a time
     */
    public record Times(Instant leaseUntil, Instant expiresAt, Optional<Instant> keyTime) {}

    /**
     * Checks that a response is present exactly in {@link State#DONE}.
     *
     * @param ownerToken the current or last owner
     * @param state the state
     * @param fingerprint the fingerprint of the request
     * @param claims how often the record was claimed
     * @param times the times of the record
     * @param response the response
     * @throws IllegalArgumentException if a DONE record has no response, or another one has a response
     */
    public IdempotencyRecord {
        if (response.isPresent() != (state == State.DONE)) {
            throw new IllegalArgumentException("a record that is " + state
                    + (response.isPresent() ? " cannot have a response" : " must have a response"));
        }
    }

    /**
     * {@return this record with another number of claims}
     *
     * @param claims 0 or more
     */
    public IdempotencyRecord withClaims(int claims) {
        return new IdempotencyRecord(ownerToken, state, fingerprint, claims, times, response);
    }

    /**
     * {@return whether no request belongs to this record, in {@link State#READY}: all of its claims were withdrawn, because
     * their work was not begun} Its fingerprint is not compared.
     */
    public boolean isVacant() {
        return state == State.READY && claims == 0;
    }

    /** {@return the name of the record: a hash of scope, operation and key} */
    public StorageKey key() {
        return ownerToken.key();
    }
}
