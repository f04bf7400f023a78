package dev.respite.idempotency;

import java.util.regex.Pattern;

/**
 * What was asked for, as a hash: a key that comes back with another fingerprint has been used for another thing, and is
 * refused.
 *
 * <p>It has a version, which says how it was made. When that changes, give both, the new one first: a record is compared
 * with the one of its own version.
 *
 * @param version 1 to 16 small letters, digits, dots and dashes
 * @param digest 43 characters of base64url
 */
public record Fingerprint(String version, String digest) {

    private static final Pattern VERSION = Pattern.compile("[a-z0-9.-]{1,16}");

    /**
     * Checks the form.
     *
     * @param version as the record has it
     * @param digest as the record has it
     * @throws IllegalArgumentException if one of them is not as the record has it
     */
    public Fingerprint {
        if (!VERSION.matcher(version).matches() || !Hashing.isHash(digest)) {
            throw new IllegalArgumentException(
                    "'" + version + ":" + digest + "' is no fingerprint: it is a version of 1 to"
                            + " 16 small letters, digits, dots and dashes, a colon, and 43 characters of base64url");
        }
    }

    /**
     * The fingerprint of some parts: method, target and body for example.
     *
     * @param version 1 to 16 small letters, digits, dots and dashes
     * @param parts the parts; where one ends and the next begins makes a difference
     * @return the SHA-256 of them
     */
    public static Fingerprint of(String version, byte[]... parts) {
        return new Fingerprint(version, Hashing.digest(parts));
    }

    /**
     * The fingerprint of some parts, under a secret: for contents so poor in possibilities that whoever reads the store could
     * try them all.
     *
     * @param version 1 to 16 small letters, digits, dots and dashes
     * @param secret the same on all nodes, at least 16 bytes
     * @param parts the parts; where one ends and the next begins makes a difference
     * @return the HMAC-SHA-256 of them
     * @throws IllegalArgumentException if the secret is shorter than 16 bytes
     */
    public static Fingerprint keyed(String version, byte[] secret, byte[]... parts) {
        if (secret.length < 16) {
            throw new IllegalArgumentException(
                    "the secret has " + secret.length + " bytes: it needs at least 16, and 32 random ones are good");
        }
        return new Fingerprint(version, Hashing.keyed(secret, parts));
    }

    /**
     * Reads what {@link #toString()} has written.
     *
     * @param text a version, a colon, a digest
     * @return the fingerprint
     * @throws IllegalArgumentException if it is anything else
     */
    public static Fingerprint parse(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? new Fingerprint(text, "")
                : new Fingerprint(text.substring(0, colon), text.substring(colon + 1));
    }

    /**
     * One text, for stores.
     *
     * @return the version, a colon, the digest: at most 60 characters of ASCII
     */
    @Override
    public String toString() {
        return version + ":" + digest;
    }
}
