package dev.respite.cli;

import dev.respite.idempotency.StorageKey;

/** The name of a record, as the command line has it. */
final class KeyName {

    private KeyName() {}

    /** A name whose scope is not known; a store finds a record by its value alone. */
    static StorageKey read(String value) {
        try {
            return new StorageKey(value, value);
        } catch (IllegalArgumentException malformed) {
            throw new RefusedException(
                    "key '" + value + "': it is the name of a record, 43 characters of base64url",
                    "'respite keys list' has the names, and so have the application's events. The key that a client has"
                            + " sent is not one: the store has a hash of it only.");
        }
    }
}
