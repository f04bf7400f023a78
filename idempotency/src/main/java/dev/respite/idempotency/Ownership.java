package dev.respite.idempotency;

/**
 * Who is at a record, or was last.
 *
 * @param key the name of the record
 * @param fence rises strictly with each claim of the record, also over its purge: what a resource can refuse a late effect by
 * @param owner a text of 1 to 64 visible characters of ASCII, another for each claim
 */
public record Ownership(StorageKey key, long fence, String owner) {

    /**
     * Checks the owner.
     *
     * @param key as the record has it
     * @param fence as the record has it
     * @param owner as the record has it
     * @throws IllegalArgumentException if the owner is empty or longer than 64 characters
     */
    public Ownership {
        if (owner.isEmpty() || owner.length() > 64) {
            throw new IllegalArgumentException("owner '" + owner + "': it has 1 to 64 characters");
        }
    }
}
