package dev.respite.idempotency;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The key that identifies one operation of a caller: the same in each retry, different in each other operation.
 *
 * <p>A UUID of version 7 contains its creation time. Such a key is rejected when it is too old. Any other key is run again
 * once its record has been purged.
 *
 * @param value 1 to {@value #MAX_LENGTH} characters, each visible ASCII or a space
 */
public record IdempotencyKey(String value) {

    /** The maximum length of a key. */
    public static final int MAX_LENGTH = 255;

    private static final Pattern TIMED =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");

    /**
     * Checks the value.
     *
     * @param value 1 to {@value #MAX_LENGTH} characters, each visible ASCII or a space
     * @throws IllegalArgumentException if it is empty, too long, or has a character that a header cannot carry
     */
    public IdempotencyKey {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("the key is empty: send a new UUID for each operation");
        }
        if (value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("the key has " + value.length() + " characters, and at most "
                    + MAX_LENGTH + " are allowed: send a UUID");
        }
        for (int i = 0; i < value.length(); i++) {
            if (!isPrintable(value.charAt(i))) {
                throw new IllegalArgumentException(
                        "character " + (i + 1) + " of the key is not printable ASCII: send a UUID");
            }
        }
    }

    /**
     * {@return the key with a value}
     *
     * @param value 1 to {@value #MAX_LENGTH} characters, each visible ASCII or a space
     * @throws IllegalArgumentException if it is empty, too long, or has another character
     */
    public static IdempotencyKey of(String value) {
        return new IdempotencyKey(value);
    }

    /** {@return the creation time in a UUID of version 7; empty for any other key} */
    public Optional<Instant> keyTime() {
        if (!TIMED.matcher(value).matches()) {
            return Optional.empty();
        }
        return Optional.of(Instant.ofEpochMilli(UUID.fromString(value).getMostSignificantBits() >>> 16));
    }

    static boolean isPrintable(char c) {
        return c >= ' ' && c <= '~';
    }

    /** Omits the value: a reader of a log could use it to get the caller's response. */
    @Override
    public String toString() {
        return "IdempotencyKey[" + value.length() + " characters]";
    }
}
