package dev.respite.idempotency.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The contents of a record that a store is to write. All times in it are relative, because only the store's clock counts.
 *
 * @param state the state
 * @param owner the owner. A store assigns a new fence, higher than any before it, if there is no record or the record has
 *     another owner; otherwise it keeps the fence
 * @param fingerprint the fingerprint of the request
 * @param claims how often the record was claimed, the first claim included
 * @param terms the durations from which the store computes the times
 * @param response the response; present if and only if the state is {@link State#DONE}
 */
public record RecordWrite(
        State state,
        String owner,
        Fingerprint fingerprint,
        int claims,
        Terms terms,
        Optional<StoredResponse> response) {

    /**
     * The durations that determine the times of a record.
     *
     * @param lease how long the owner counts as alive
     * @param retention how long a record is kept
     * @param skew how far the time in a key may be ahead of the store's clock
     * @param keyTime the time in the key; empty for a key without a time
     */
    public record Terms(Duration lease, Duration retention, Duration skew, Optional<Instant> keyTime) {

        /**
         * Returns whether a new record may be written. It may not if the key is so old that its record may have been purged,
         * or if its time is so far ahead that its record would be purged too early.
         *
         * @param storeNow the time of the store's clock
         * @return {@code storeNow - retention < keyTime <= storeNow + skew}, or true if there is no key time
         */
        public boolean isAdmitted(Instant storeNow) {
            return keyTime.isEmpty() || !(isTooOld(storeNow) || isAhead(storeNow));
        }

        private boolean isTooOld(Instant storeNow) {
            return keyTime.isPresent() && !keyTime.get().isAfter(storeNow.minus(retention));
        }

        /**
         * Returns whether the time in the key is so far ahead that a record would be purged too early.
         *
         * @param storeNow the time of the store's clock
         * @return {@code keyTime > storeNow + skew}; false if there is no key time
         */
        public boolean isAhead(Instant storeNow) {
            return keyTime.isPresent() && keyTime.get().isAfter(storeNow.plus(skew));
        }

        /**
         * Returns the time after which a record that is written now may be purged.
         *
         * @param storeNow the time of the store's clock
         * @return the later of {@code storeNow} and the key time, plus the retention
         */
        public Instant expiresAt(Instant storeNow) {
            Instant from = keyTime.filter(time -> time.isAfter(storeNow)).orElse(storeNow);
            return from.plus(retention);
        }
    }

    /**
     * {@return the record that a store writes}
     *
     * @param key the name of the record
     * @param fence the new or kept fence, see {@link #owner()}
     * @param storeNow the time of the store's clock
     */
    public IdempotencyRecord toRecord(StorageKey key, long fence, Instant storeNow) {
        IdempotencyRecord.Times times =
                new IdempotencyRecord.Times(storeNow.plus(terms.lease()), terms.expiresAt(storeNow), terms.keyTime());
        return new IdempotencyRecord(new OwnerToken(key, fence, owner), state, fingerprint, claims, times, response);
    }
}
