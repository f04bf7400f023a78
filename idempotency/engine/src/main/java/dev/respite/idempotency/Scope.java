package dev.respite.idempotency;

import dev.respite.idempotency.store.StorageKey;

/**
 * The owner of keys: the authenticated principal, or the queue that a message came from. Equal keys of different scopes are
 * different records, so no caller gets a result of another.
 *
 * @param name identifies the scope; not blank and without the character NUL
 */
public record Scope(String name) {

    /**
     * Checks the name.
     *
     * @param name not blank and without the character NUL
     * @throws IllegalArgumentException if it is blank, or contains a NUL or half a surrogate pair
     */
    public Scope {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "the scope is blank: name the principal (or the queue) that owns the key,"
                            + " otherwise all callers share their keys");
        }
        StorageKey.requireHashable("scope", name);
    }

    /**
     * Returns the scope with a name.
     *
     * @param name identifies the scope; not blank and without the character NUL
     * @return the scope
     * @throws IllegalArgumentException if it is blank, or contains a NUL or half a surrogate pair
     */
    public static Scope of(String name) {
        return new Scope(name);
    }

    /**
     * Returns the name of the record of a key.
     *
     * @param operation the operation, for example {@code POST /payments}, without the character NUL
     * @param key the key
     * @return a hash of this scope, the operation and the key
     * @throws IllegalArgumentException if the operation contains a NUL or half a surrogate pair
     */
    public StorageKey storageKey(String operation, IdempotencyKey key) {
        return StorageKey.of(name, operation, key.value());
    }

    /** Omits the name: principals do not belong in logs. */
    @Override
    public String toString() {
        return "Scope[" + StorageKey.of(name, "", "").scope().substring(0, 8) + "…]";
    }
}
