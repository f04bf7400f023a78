package dev.respite.idempotency;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What the caller calls a thing by that is to happen once: the same in each retry of it, another in each other thing.
 *
 * <p>A key that is a UUID of version 7 says when it was minted. One that is too old is refused, where another key is run
 * again once its record has been purged.
 *
 * @param value 1 to {@value #MOST} characters, each visible ASCII or a space
 */
public record IdempotencyKey(String value) {

    /** The most characters that a key may have. */
    public static final int MOST = 255;

    private static final Pattern TIMED =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");

    /**
     * Checks the value.
     *
     * @param value as the record has it
     * @throws InvalidKeyException if it is empty, too long, or has a character that a header cannot carry
     */
    public IdempotencyKey {
        if (value.isEmpty()) {
            throw new InvalidKeyException("the key is empty: send a new UUID for each thing that is to happen once");
        }
        if (value.length() > MOST) {
            throw new InvalidKeyException(
                    "the key has " + value.length() + " characters, and at most " + MOST + " are allowed: send a UUID");
        }
        for (int i = 0; i < value.length(); i++) {
            if (!isPrintable(value.charAt(i))) {
                throw new InvalidKeyException(
                        "character " + (i + 1) + " of the key is not printable ASCII: send a UUID");
            }
        }
    }

    /**
     * The key of a value.
     *
     * @param value 1 to {@value #MOST} characters, each visible ASCII or a space
     * @return the key
     * @throws InvalidKeyException if it is empty, too long, or has another character
     */
    public static IdempotencyKey of(String value) {
        return new IdempotencyKey(value);
    }

    /**
     * Reads a key from a header field.
     *
     * @param lines the values of the field, one for each line of it
     * @param form how the key may be written
     * @return the key; the same whether it came in quotes or without
     * @throws InvalidKeyException if there is not exactly one key, or it is not well formed
     */
    public static IdempotencyKey parse(List<String> lines, KeyForm form) {
        return KeyField.parse(lines, form);
    }

    /**
     * When the key was minted, by the clock of whoever did.
     *
     * @return the time in a UUID of version 7; empty for any other key
     */
    public Optional<Instant> minted() {
        if (!TIMED.matcher(value).matches()) {
            return Optional.empty();
        }
        return Optional.of(Instant.ofEpochMilli(UUID.fromString(value).getMostSignificantBits() >>> 16));
    }

    static boolean isPrintable(char c) {
        return c >= ' ' && c <= '~';
    }

    /** Never the value: whoever reads a log could be answered in the caller's place. */
    @Override
    public String toString() {
        return "IdempotencyKey[" + value.length() + " characters]";
    }
}
