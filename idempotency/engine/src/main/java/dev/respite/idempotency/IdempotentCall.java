package dev.respite.idempotency;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.StorageKey;
import java.util.List;

/**
 * A call with an idempotency key.
 *
 * @param scope the owner of the key, for example the authenticated principal
 * @param operation the operation, for example {@code POST /payments}: equal keys of different operations are different
 *     records
 * @param key the key
 * @param fingerprints the fingerprint of the request in each version that records may still have; a new record gets the
 *     first
 */
public record IdempotentCall(Scope scope, String operation, IdempotencyKey key, List<Fingerprint> fingerprints) {

    /**
     * Checks and copies the values.
     *
     * @param scope the owner of the key
     * @param operation the operation, without NUL
     * @param key the key
     * @param fingerprints one or more fingerprints
     * @throws IllegalArgumentException if there is no fingerprint, or the operation contains a NUL
     */
    public IdempotentCall {
        StorageKey.requireHashable("operation", operation);
        fingerprints = List.copyOf(fingerprints);
        if (fingerprints.isEmpty()) {
            throw new IllegalArgumentException("no fingerprint: without one, a key that is reused for another request"
                    + " gets the result of the first; pass Fingerprint.of(\"1\", …) of the request");
        }
    }

    /**
     * Returns a call with one fingerprint.
     *
     * @param scope the owner of the key
     * @param operation the operation
     * @param key the key
     * @param fingerprint the fingerprint of the request
     * @return the call
     */
    public static IdempotentCall of(Scope scope, String operation, IdempotencyKey key, Fingerprint fingerprint) {
        return new IdempotentCall(scope, operation, key, List.of(fingerprint));
    }

    /**
     * Returns the name of the record.
     *
     * @return a hash of scope, operation and key
     */
    public StorageKey storageKey() {
        return scope.storageKey(operation, key);
    }
}
