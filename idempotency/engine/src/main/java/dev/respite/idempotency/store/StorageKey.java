package dev.respite.idempotency.store;

import dev.respite.text.ValueFormat;

/**
 * The name of a record in its store. It is a hash, so that no store contains keys or principals, and none of their
 * characters needs escaping.
 *
 * <p>It is the SHA-256 of scope, operation and key, with a NUL between them; the principal of a scope follows its name. It may be passed to the resource of the effect
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
     * Returns the name of the record of a key.
     *
     * @param scope the name of the scope
     * @param operation the operation
     * @param key the key
     * @return a hash of the three, and a hash of the scope
     * @throws IllegalArgumentException if the scope or the operation contains a NUL or half a surrogate pair
     */
    public static StorageKey of(String scope, String operation, String key) {
        requireHashable("scope", scope);
        requireHashable("operation", operation);
        return new StorageKey(Hashing.digest(scope, operation, key), Hashing.digest(scope));
    }

    /**
     * Returns the name of the record of a key that belongs to a principal in a scope. It differs from each name without a
     * principal, which has one text less.
     *
     * @param scope the name of the scope
     * @param principal the name of the principal
     * @param operation the operation
     * @param key the key, without NUL
     * @return a hash of the four, and a hash of scope and principal
     * @throws IllegalArgumentException if one of the first three contains a NUL or half a surrogate pair
     */
    public static StorageKey of(String scope, String principal, String operation, String key) {
        requireHashable("scope", scope);
        requireHashable("principal", principal);
        requireHashable("operation", operation);
        return new StorageKey(Hashing.digest(scope, principal, operation, key), Hashing.digest(scope, principal));
    }

    /**
     * Rejects a text that could have the hash of another one. The character NUL separates the parts of a storage key, and half a
     * surrogate pair has no encoding of its own.
     *
     * @param what the name of the text, for the message
     * @param text the text
     * @throws IllegalArgumentException if the text contains a NUL or half a surrogate pair
     */
    public static void requireHashable(String what, String text) {
        Hashing.requireHashable(what, text);
    }

    private static void requireHash(String text) {
        if (!Hashing.isHash(text)) {
            throw new IllegalArgumentException(
                    "'" + ValueFormat.shortened(text) + "' is not 43 characters of base64url");
        }
    }

    /** Returns the value. */
    @Override
    public String toString() {
        return value;
    }
}
