package dev.respite.idempotency;

/**
 * The name of a record in its store. It is a hash, so that no store contains keys or principals, and none of their
 * characters needs escaping.
 *
 * <p>It is the SHA-256 of scope, operation and key, with a NUL between them. It may be passed to the resource of the effect
 * as a reference.
 *
 * @param value 43 characters of base64url
 * @param scope the hash of the scope alone, in the same form; quotas are counted by it
 */
public record StorageKey(String value, String scope) {

    /**
     * Checks the form.
     *
     * @param value 43 characters of base64url
     * @param scope 43 characters of base64url
     * @throws IllegalArgumentException if one of them has another form
     */
    public StorageKey {
        requireHash(value);
        requireHash(scope);
    }

    /**
     * Returns the storage key of a key.
     *
     * @param scope the owner of the key
     * @param operation the operation, for example {@code POST /payments}, without the character NUL
     * @param key the key
     * @return the storage key
     * @throws IllegalArgumentException if the operation contains a NUL or half a surrogate pair
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

    /** Returns the value. */
    @Override
    public String toString() {
        return value;
    }
}
