package dev.respite.idempotency;

import java.time.Instant;
import java.util.Optional;

/**
 * What a store knows about a key, as it was when it was read.
 *
 * @param ownership whose it is, or was last
 * @param state where it stands
 * @param fingerprint what was asked for
 * @param claims how often it was claimed, the first included
 * @param times what is timed about it, by the store's clock
 * @param response what came of it; present if and only if the state is {@link State#DONE}
 */
public record IdempotencyRecord(
        Ownership ownership,
        State state,
        Fingerprint fingerprint,
        int claims,
        Times times,
        Optional<StoredResponse> response) {

    /**
     * What is timed about a record.
     *
     * @param leaseUntil until when its owner is taken to be alive; says nothing in a state without an owner
     * @param expiresAt from when on it may be purged, if it is {@link State#DONE} or {@link State#READY}
     * @param keyTime when the key was minted, by the clock of whoever did; empty for a key that does not say
     */
    public record Times(Instant leaseUntil, Instant expiresAt, Optional<Instant> keyTime) {}

    /**
     * Checks that a response is there where it belongs.
     *
     * @param ownership as the record has it
     * @param state as the record has it
     * @param fingerprint as the record has it
     * @param claims as the record has it
     * @param times as the record has it
     * @param response as the record has it
     * @throws IllegalArgumentException if it is done without a response, or has one without being done
     */
    public IdempotencyRecord {
        if (response.isPresent() != (state == State.DONE)) {
            throw new IllegalArgumentException("a record that is " + state
                    + (response.isPresent() ? " cannot have a response" : " must have a response"));
        }
    }

    /**
     * The name of the record.
     *
     * @return a hash of scope, operation and key
     */
    public StorageKey key() {
        return ownership.key();
    }
}
