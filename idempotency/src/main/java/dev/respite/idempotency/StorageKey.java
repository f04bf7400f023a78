package dev.respite.idempotency;

/**
 * The name of a record in its store: a hash, so that a store never sees a key or a principal, and no character of them can
 * mean anything there.
 *
 * <p>It is the SHA-256 of scope, operation and key with a NUL between them. It may be given to the resource that the effect
 * is in, as a reference to ask by later.
 *
 * @param value 43 characters of base64url
 * @param scope the hash of the scope alone, in the same form: what a quota is counted by
 */
public record StorageKey(String value, String scope) {

    /**
     * Checks the form.
     *
     * @param value as the record has it
     * @param scope as the record has it
     * @throws IllegalArgumentException if one of them is not 43 characters of base64url
     */
    public StorageKey {
        requireHash(value);
        requireHash(scope);
    }

    /**
     * The storage key of a key.
     *
     * @param scope whose key it is
     * @param operation what is done, {@code POST /payments} for example, without the character NUL
     * @param key the key
     * @return the storage key
     * @throws IllegalArgumentException if the operation has a NUL or half a surrogate pair in it
     */
    public static StorageKey of(Scope scope, String operation, IdempotencyKey key) {
        Hashing.requireHashable("operation", operation);
        return new StorageKey(Hashing.digest(scope.name(), operation, key.value()), Hashing.digest(scope.name()));
    }

    private static void requireHash(String text) {
        if (!Hashing.isHash(text)) {
            throw new IllegalArgumentException("'" + text + "' is not 43 characters of base64url");
        }
    }

    /** The value. */
    @Override
    public String toString() {
        return value;
    }
}
