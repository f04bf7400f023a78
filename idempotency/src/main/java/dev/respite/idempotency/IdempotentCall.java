package dev.respite.idempotency;

import java.util.List;

/**
 * One asking for a thing that is to happen once.
 *
 * @param scope whose key it is
 * @param operation what is done, {@code POST /payments} for example: equal keys of different operations do not meet
 * @param key the key
 * @param fingerprints what was asked for, in each version that records may still have; the first is what a new record gets
 */
public record IdempotentCall(Scope scope, String operation, IdempotencyKey key, List<Fingerprint> fingerprints) {

    /**
     * Checks and copies.
     *
     * @param scope as the record has it
     * @param operation as the record has it
     * @param key as the record has it
     * @param fingerprints as the record has it
     * @throws IllegalArgumentException if there is no fingerprint, or the operation has a NUL in it
     */
    public IdempotentCall {
        Hashing.requireHashable("operation", operation);
        fingerprints = List.copyOf(fingerprints);
        if (fingerprints.isEmpty()) {
            throw new IllegalArgumentException("no fingerprint: without one, a key that is used for another thing is"
                    + " answered with the result of the first; give Fingerprint.of(\"1\", …) of what was asked for");
        }
    }

    /**
     * An asking with one fingerprint.
     *
     * @param scope whose key it is
     * @param operation what is done
     * @param key the key
     * @param fingerprint what was asked for
     * @return the call
     */
    public static IdempotentCall of(Scope scope, String operation, IdempotencyKey key, Fingerprint fingerprint) {
        return new IdempotentCall(scope, operation, key, List.of(fingerprint));
    }

    /**
     * The name of the record.
     *
     * @return a hash of scope, operation and key
     */
    public StorageKey storageKey() {
        return StorageKey.of(scope, operation, key);
    }
}
