package dev.respite.idempotency;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a store is asked to write. All times in it are relative: only the store knows what time it is.
 *
 * @param state the state to be in
 * @param owner whose the record is to be. A store gives a record a new fence, higher than any before it, if the owner is
 *     another than that of the record it replaces, or there is none; else it keeps the fence
 * @param fingerprint what was asked for
 * @param claims how often the record was claimed, the first included
 * @param terms what decides its times
 * @param response what came of it; present if and only if the state is {@link State#DONE}
 */
public record Draft(
        State state,
        String owner,
        Fingerprint fingerprint,
        int claims,
        Terms terms,
        Optional<StoredResponse> response) {

    /**
     * What decides the times of a record.
     *
     * @param lease how long its owner is taken to be alive
     * @param retention how long a record is kept
     * @param skew how far ahead of the store's clock a key may have been minted
     * @param keyTime when the key was minted; empty for a key that does not say
     */
    public record Terms(Duration lease, Duration retention, Duration skew, Optional<Instant> keyTime) {

        /**
         * Whether a record that is not there may be made: not for a key so old that its record may have been purged, nor for
         * one dated ahead of time, whose record would be purged too soon.
         *
         * @param storeNow the time by the store's clock
         * @return {@code storeNow - retention < keyTime <= storeNow + skew}, or that there is no key time
         */
        public boolean admit(Instant storeNow) {
            return keyTime.isEmpty() || !(isTooOld(storeNow) || isAhead(storeNow));
        }

        private boolean isTooOld(Instant storeNow) {
            return keyTime.isPresent() && !keyTime.get().isAfter(storeNow.minus(retention));
        }

        boolean isAhead(Instant storeNow) {
            return keyTime.isPresent() && keyTime.get().isAfter(storeNow.plus(skew));
        }

        /**
         * From when on a record written now may be purged.
         *
         * @param storeNow the time by the store's clock
         * @return the later of that and the key's time, and the retention after it
         */
        public Instant expiresAt(Instant storeNow) {
            Instant from = keyTime.filter(time -> time.isAfter(storeNow)).orElse(storeNow);
            return from.plus(retention);
        }
    }

    /**
     * The record that a store makes of this.
     *
     * @param key the name of the record
     * @param fence the fence, new or kept as this class says
     * @param storeNow the time by the store's clock
     * @return the record
     */
    public IdempotencyRecord at(StorageKey key, long fence, Instant storeNow) {
        IdempotencyRecord.Times times =
                new IdempotencyRecord.Times(storeNow.plus(terms.lease()), terms.expiresAt(storeNow), terms.keyTime());
        return new IdempotencyRecord(new Ownership(key, fence, owner), state, fingerprint, claims, times, response);
    }
}
