package dev.respite.idempotency.store;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time and the operation of a claim, as text after the unique part of its owner: {@code 3f2a-1@mie5k3xq|POST|/payments}.
 * A store needs no column for them, and versions without labels keep and compare an owner as it is.
 *
 * @param claimedAt the time of the claim, in milliseconds
 * @param operation the operation, which may be shortened; empty if it is not stored
 */
record ClaimLabel(Instant claimedAt, Optional<String> operation) {

    static final int MAX_OPERATION = 32;

    private static final String GAP = "...";

    /** Up to nine digits in base 36 are milliseconds until the year 5188. */
    private static final Pattern OWNER = Pattern.compile("[^@|]+@([0-9a-z]{1,9})(?:\\|(.+))?");

    private static final Pattern INVISIBLE = Pattern.compile("[^ -~]");

    /** Returns the label of an owner; empty if it has none. */
    static Optional<ClaimLabel> of(String owner) {
        Matcher label = OWNER.matcher(owner);
        return label.matches()
                ? Optional.of(new ClaimLabel(
                        Instant.ofEpochMilli(Long.parseLong(label.group(1), Character.MAX_RADIX)),
                        Optional.ofNullable(label.group(2)).map(text -> text.replace('|', ' '))))
                : Optional.empty();
    }

    /** Returns the owner with this label. */
    String after(String id) {
        String owner = id + "@" + Long.toString(claimedAt.toEpochMilli(), Character.MAX_RADIX);
        int room = Math.min(MAX_OPERATION, OwnerToken.MAX_OWNER - owner.length() - 1);
        return operation
                .filter(text -> !text.isEmpty() && room > GAP.length())
                .map(text -> owner + "|" + visible(shortened(text, room)))
                .orElse(owner);
    }

    /** The beginning has the method, and the end has the most specific segments of the path. */
    private static String shortened(String text, int room) {
        if (text.length() <= room) {
            return text;
        }
        int head = room / 4;
        int tail = room - head - GAP.length();
        return text.substring(0, head) + GAP + text.substring(text.length() - tail);
    }

    private static String visible(String text) {
        return INVISIBLE.matcher(text.replace('|', ' ')).replaceAll("?").replace(' ', '|');
    }
}
