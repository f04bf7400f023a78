package dev.respite.idempotency.store;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** SHA-256, and HMAC with it, as 43 characters of base64url. */
final class Hashing {

    /** The length of a SHA-256 in base64url without padding. */
    private static final int LENGTH = 43;

    private Hashing() {}

    /** Digests texts with a NUL between them. Only the last text may contain a NUL. */
    static String digest(String... inputs) {
        MessageDigest digest = sha256();
        for (int i = 0; i < inputs.length; i++) {
            if (i > 0) {
                digest.update((byte) 0);
            }
            digest.update(inputs[i].getBytes(StandardCharsets.UTF_8));
        }
        return text(digest.digest());
    }

    /** Digests inputs, each preceded by its length, so that moving a byte from one part to the next changes the digest. */
    static String digest(byte[]... inputs) {
        MessageDigest digest = sha256();
        for (byte[] input : inputs) {
            digest.update(length(input));
            digest.update(input);
        }
        return text(digest.digest());
    }

    static String keyed(byte[] secret, byte[]... inputs) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            for (byte[] input : inputs) {
                mac.update(length(input));
                mac.update(input);
            }
            return text(mac.doFinal());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has HmacSHA256", impossible);
        }
    }

    /** Returns whether a text has the form of a hash. Without a pattern, which would double the cost of each call. */
    static boolean isHash(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            boolean ok =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            if (!ok) {
                return false;
            }
        }
        return true;
    }

    /** Rejects characters that have no encoding of their own: they would be hashed as a question mark and collide. */
    static void requireHashable(String what, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the " + what
                    + " has the character NUL in it, which separates the parts of" + " a storage key; leave it out");
        }
        try {
            ByteBuffer unused = StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(text));
        } catch (CharacterCodingException half) {
            throw new IllegalArgumentException("the " + what + " has half a surrogate pair in it: it is no text", half);
        }
    }

    private static byte[] length(byte[] input) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(input.length).array();
    }

    private static String text(byte[] hash) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
