package dev.respite.idempotency.store;

import dev.respite.idempotency.hash.Hashing;

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
