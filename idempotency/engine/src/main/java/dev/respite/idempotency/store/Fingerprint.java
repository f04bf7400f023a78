package dev.respite.idempotency.store;

import dev.respite.text.ValueFormat;
import java.util.regex.Pattern;

/**
 * A hash of the request. A key that is sent again with another fingerprint is rejected.
 *
 * <p>The version identifies how the hash was computed. When the computation changes, pass the fingerprints of both versions,
 * the new one first: a record is compared with the fingerprint of its own version.
 *
 * @param version 1 to 16 lower-case letters, digits, dots and dashes
 * @param digest 43 characters of base64url
 */
public record Fingerprint(String version, String digest) {

    private static final Pattern VERSION = Pattern.compile("[a-z0-9.-]{1,16}");

    /**
     * Checks the form.
     *
     * @param version 1 to 16 lower-case letters, digits, dots and dashes
     * @param digest 43 characters of base64url
     * @throws IllegalArgumentException if version or digest has another form
     */
    public Fingerprint {
        if (!VERSION.matcher(version).matches() || !Hashing.isHash(digest)) {
            throw new IllegalArgumentException("'" + ValueFormat.shortened(version + ":" + digest)
                    + "' is not a fingerprint: it needs a version of 1 to"
                    + " 16 lower-case letters, digits, dots and dashes, a colon, and 43 characters of base64url");
        }
    }

    /**
     * Returns the fingerprint of some parts, for example method, target and body.
     *
     * @param version 1 to 16 lower-case letters, digits, dots and dashes
     * @param parts the parts; the boundaries between them are part of the hash
     * @return the SHA-256 of the parts
     */
    public static Fingerprint of(String version, byte[]... parts) {
        return new Fingerprint(version, Hashing.digest(parts));
    }

    /**
     * Returns the fingerprint of some parts under a secret. Use it for contents with so few possible values that a reader of
     * the store could try them all.
     *
     * @param version 1 to 16 lower-case letters, digits, dots and dashes
     * @param secret the same on all nodes, at least 16 bytes
     * @param parts the parts; the boundaries between them are part of the hash
     * @return the HMAC-SHA-256 of the parts
     * @throws IllegalArgumentException if the secret is shorter than 16 bytes
     */
    public static Fingerprint keyed(String version, byte[] secret, byte[]... parts) {
        if (secret.length < 16) {
            throw new IllegalArgumentException(
                    "the secret has " + secret.length + " bytes: it needs at least 16; use 32 random bytes");
        }
        return new Fingerprint(version, Hashing.keyed(secret, parts));
    }

    /**
     * Parses the result of {@link #toString()}.
     *
     * @param text a version, a colon, a digest
     * @return the fingerprint
     * @throws IllegalArgumentException if the text has another form
     */
    public static Fingerprint parse(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? new Fingerprint(text, "")
                : new Fingerprint(text.substring(0, colon), text.substring(colon + 1));
    }

    /** {@return the text form for stores: the version, a colon, the digest; at most 60 ASCII characters} */
    @Override
    public String toString() {
        return version + ":" + digest;
    }
}
