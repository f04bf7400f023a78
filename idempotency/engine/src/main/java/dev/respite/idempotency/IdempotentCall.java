package dev.respite.idempotency;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.StorageKey;
import java.util.List;
import java.util.Optional;

/**
 * A call with an idempotency key.
 *
 * @param scope the owner of the key, for example the authenticated principal
 * @param operation the operation, for example {@code POST /payments}: equal keys of different operations are different
 *     records
 * @param key the key
 * @param fingerprints the fingerprint of the request in each version that records may still have; a new record gets the
 *     first
 * @param requestId identifies the request in logs; it is not stored
 * @param keyUniqueInScope whether equal keys of different operations are the same record
 */
public record IdempotentCall(
        Scope scope,
        String operation,
        IdempotencyKey key,
        List<Fingerprint> fingerprints,
        Optional<String> requestId,
        boolean keyUniqueInScope) {

    /** The operation in the names of records if keys are unique in their scope. */
    private static final String ANY = "*";

    /**
     * Checks and copies the values.
     *
     * @param scope the owner of the key
     * @param operation the operation, without NUL
     * @param key the key
     * @param fingerprints one or more fingerprints
     * @param requestId identifies the request in logs
     * @param keyUniqueInScope whether equal keys of different operations are the same record
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
     * Creates a call without a request id, whose key belongs to its operation.
     *
     * @param scope the owner of the key
     * @param operation the operation
     * @param key the key
     * @param fingerprints one or more fingerprints
     */
    public IdempotentCall(Scope scope, String operation, IdempotencyKey key, List<Fingerprint> fingerprints) {
        this(scope, operation, key, fingerprints, Optional.empty(), false);
    }

    /**
     * {@return a call with one fingerprint}
     *
     * @param scope the owner of the key
     * @param operation the operation
     * @param key the key
     * @param fingerprint the fingerprint of the request
     */
    public static IdempotentCall of(Scope scope, String operation, IdempotencyKey key, Fingerprint fingerprint) {
        return new IdempotentCall(scope, operation, key, List.of(fingerprint));
    }

    /**
     * {@return the call with a request id, which is in the warning that the key became unknown}
     *
     * @param id identifies the request in logs
     */
    public IdempotentCall withRequestId(String id) {
        return new IdempotentCall(scope, operation, key, fingerprints, Optional.of(id), keyUniqueInScope);
    }

    /**
     * {@return the name of the record: a hash of scope, operation and key; with {@code *} as the operation if keys are unique
     * in their scope}
     */
    public StorageKey storageKey() {
        return scope.storageKey(keyUniqueInScope ? ANY : operation, key);
    }
}
