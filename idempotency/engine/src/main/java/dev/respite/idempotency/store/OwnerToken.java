package dev.respite.idempotency.store;

import dev.respite.text.ValueFormat;
import java.time.Instant;
import java.util.Optional;

/**
 * Identifies the claim that owns a record, or owned it last. The owner may contain the time and the operation of the claim, for
 * operators.
 *
 * @param key the name of the record
 * @param fence increases strictly with each claim of the record, even across a purge unless the store's clock was set back
 *     beyond the claim before it; a resource can reject late effects by it
 * @param owner 1 to 64 visible ASCII characters, unique for each claim
 */
public record OwnerToken(StorageKey key, long fence, String owner) {

    static final int MAX_OWNER = 64;

    /**
     * Checks the owner.
     *
     * @param key the name of the record
     * @param fence the fence
     * @param owner 1 to 64 visible ASCII characters
     * @throws IllegalArgumentException if the owner is empty or longer than 64 characters
     */
    public OwnerToken {
        if (owner.isEmpty() || owner.length() > MAX_OWNER) {
            throw new IllegalArgumentException(
                    "owner '" + ValueFormat.shortened(owner) + "': it must have 1 to 64 characters");
        }
    }

    /**
     * Returns an owner that contains the time and the operation of its claim.
     *
     * @param id unique for each claim; 1 to 21 visible ASCII characters other than {@code @} and {@code |}
     * @param claimedAt the time of the claim
     * @param operation the operation; empty if it is not to be stored. Of more than 32 characters, the first 8 and the last 21
     *     are kept. Other characters than visible ASCII become question marks
     * @return the owner, at most 64 characters
     */
    public static String owner(String id, Instant claimedAt, Optional<String> operation) {
        return new ClaimLabel(claimedAt, operation).after(id);
    }

    /**
     * {@return the time of the claim by the clock of the claiming process, in milliseconds; empty if the owner does not contain
     * it}
     */
    public Optional<Instant> claimedAt() {
        return ClaimLabel.of(owner).map(ClaimLabel::claimedAt);
    }

    /** {@return the operation of the claim, shortened to 32 characters; empty if the owner does not contain it} */
    public Optional<String> operation() {
        return ClaimLabel.of(owner).flatMap(ClaimLabel::operation);
    }
}
