package dev.respite.idempotency;

import dev.respite.idempotency.store.StorageKey;
import java.util.Optional;

/**
 * The owner of keys: the authenticated principal, or the queue that a message came from. Equal keys of different scopes are
 * different records, so no caller gets a result of another.
 *
 * @param name identifies the scope; not blank and without the character NUL
 * @param principal the principal within the scope, such as the user of a tenant; empty if all callers of the scope share their
 *     keys. Not blank and without the character NUL
 */
public record Scope(String name, Optional<String> principal) {

    /**
     * Checks the names.
     *
     * @param name not blank and without the character NUL
     * @param principal not blank and without the character NUL
     * @throws IllegalArgumentException if one of them is blank, or contains a NUL or half a surrogate pair
     */
    public Scope {
        requireName("scope", name);
        principal.ifPresent(given -> requireName("principal", given));
    }

    private static void requireName(String what, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "the " + what + " is blank: name the principal (or the queue) that owns the key,"
                            + " otherwise all callers share their keys");
        }
        StorageKey.requireHashable(what, name);
    }

    /**
     * {@return the scope with a name}
     *
     * @param name identifies the scope; not blank and without the character NUL
     * @throws IllegalArgumentException if it is blank, or contains a NUL or half a surrogate pair
     */
    public static Scope of(String name) {
        return new Scope(name, Optional.empty());
    }

    /**
     * Returns the scope of one principal within this scope.
     *
     * @param principal identifies the principal; not blank and without the character NUL
     * @return the scope; its keys differ from the keys of this scope and of all other principals
     * @throws IllegalArgumentException if it is blank, or contains a NUL or half a surrogate pair
     */
    public Scope withPrincipal(String principal) {
        return new Scope(name, Optional.of(principal));
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
        return storageKey(operation, key.value());
    }

    private StorageKey storageKey(String operation, String key) {
        return principal.isEmpty()
                ? StorageKey.of(name, operation, key)
                : StorageKey.of(name, principal.get(), operation, key);
    }

    /** Omits the names: principals do not belong in logs. */
    @Override
    public String toString() {
        return "Scope[" + storageKey("", "").scope().substring(0, 8) + "…]";
    }
}
