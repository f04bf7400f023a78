package dev.respite.idempotency.store;

/**
 * Identifies the claim that owns a record, or owned it last.
 *
 * @param key the name of the record
 * @param fence increases strictly with each claim of the record, even across a purge unless the store's clock was set back
 *     beyond the claim before it; a resource can reject late effects by it
 * @param owner 1 to 64 visible ASCII characters, unique for each claim
 */
public record OwnerToken(StorageKey key, long fence, String owner) {

    /**
     * Checks the owner.
     *
     * @param key the name of the record
     * @param fence the fence
     * @param owner 1 to 64 visible ASCII characters
     * @throws IllegalArgumentException if the owner is empty or longer than 64 characters
     */
    public OwnerToken {
        if (owner.isEmpty() || owner.length() > 64) {
            throw new IllegalArgumentException("owner '" + owner + "': it must have 1 to 64 characters");
        }
    }
}
