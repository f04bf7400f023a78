package dev.respite.idempotency;

import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts responses with AES-GCM (NIST SP 800-38D) before they are stored, and decrypts them before they are replayed.
 *
 * <p>Headers, body and effect reference are encrypted; the status and the id of the key are stored in plain text. A stored
 * response can be decrypted under its own idempotency key only. If it is moved to another record, it is rejected.
 *
 * <p>To rotate keys, first add the new key on all nodes, then make it the current one, and remove the old one after the
 * retention. Each response has a random nonce of 96 bits, so one key may encrypt 2<sup>32</sup> responses. Responses that
 * were stored before encryption was enabled are still replayed.
 *
 * <p>The request is stored as a fingerprint in any case. If its contents could be guessed, use {@link
 * dev.respite.idempotency.http.Fingerprints#ofAll(byte[])}. Immutable, and safe for use by any number of threads.
 */
public final class ResponseEncryption {

    /** Marks an encrypted response. Its one value is the id of the key. */
    static final String HEADER = "Respite-Encrypted";

    private static final String ALGORITHM = "AES";
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int MAX_ID_LENGTH = 64;

    private final String currentId;
    private final Map<String, SecretKey> keys;
    private final SecureRandom random = new SecureRandom();

    private ResponseEncryption(String currentId, Map<String, SecretKey> keys) {
        this.currentId = currentId;
        this.keys = keys;
    }

    /**
     * Creates an encryption with one key.
     *
     * @param id the id of the key, 1 to 64 visible ASCII characters; it is stored with each response
     * @param key an AES key of 128, 192 or 256 bits
     * @return the encryption
     * @throws IllegalArgumentException if the id or the key is something else
     */
    public static ResponseEncryption of(String id, SecretKey key) {
        return new ResponseEncryption(id, Map.of()).withOldKey(id, key);
    }

    /**
     * Returns an encryption that also decrypts responses that were encrypted with another key.
     *
     * @param id the id of that key, 1 to 64 visible ASCII characters
     * @param key an AES key of 128, 192 or 256 bits
     * @return the encryption
     * @throws IllegalArgumentException if the id or the key is something else, or the id is taken
     */
    public ResponseEncryption withOldKey(String id, SecretKey key) {
        if (id.isEmpty()
                || id.length() > MAX_ID_LENGTH
                || !id.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new IllegalArgumentException(
                    "the key id '" + id + "': it must have 1 to " + MAX_ID_LENGTH + " visible ASCII characters");
        }
        if (!ALGORITHM.equals(Objects.requireNonNull(key, "key").getAlgorithm())) {
            throw new IllegalArgumentException(
                    "the key '" + id + "' is a key for " + key.getAlgorithm() + ": use an AES key");
        }
        Map<String, SecretKey> more = new TreeMap<>(keys);
        if (more.put(id, key) != null) {
            throw new IllegalArgumentException("two keys have the id '" + id + "': each key needs its own id");
        }
        ResponseEncryption added = new ResponseEncryption(currentId, more);
        added.tryOut(id);
        return added;
    }

    /** Detects a key of a wrong length, or one that the provider cannot use, before any work runs. */
    private void tryOut(String id) {
        try {
            cipher(Cipher.ENCRYPT_MODE, id, nonce());
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException(
                    "the key '" + id + "' cannot be used for AES-GCM: it must have 128, 192 or 256 bits", unusable);
        }
    }

    StoredResponse encrypt(StorageKey under, StoredResponse response) {
        byte[] nonce = nonce();
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, currentId, nonce);
            cipher.updateAAD(context(under, response.status()));
            byte[] encrypted = cipher.doFinal(response.toBytes());
            byte[] body = ByteBuffer.allocate(NONCE_BYTES + encrypted.length)
                    .put(nonce)
                    .put(encrypted)
                    .array();
            return StoredResponse.of(response.status(), Map.of(HEADER, List.of(currentId)), body);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(
                    "a response cannot be encrypted with the key '" + currentId + "'", impossible);
        }
    }

    /**
     * Returns the id of the key that a stored response is encrypted with.
     *
     * @param stored the response as a store returns it
     * @return the id; empty if the response is not encrypted
     */
    public static Optional<String> keyOf(StoredResponse stored) {
        return Optional.ofNullable(stored.headers().get(HEADER)).map(values -> values.get(0));
    }

    StoredResponse decrypt(StorageKey under, StoredResponse stored) {
        Optional<String> id = keyOf(stored);
        if (id.isEmpty()) {
            return stored;
        }
        if (!keys.containsKey(id.get())) {
            throw unreadable(
                    under,
                    id.get(),
                    "which is not configured: add it with withOldKey",
                    new GeneralSecurityException("no key '" + id.get() + "'"));
        }
        byte[] body = stored.body().orElse(new byte[0]);
        if (body.length < NONCE_BYTES) {
            throw unreadable(under, id.get(), "and is truncated", new GeneralSecurityException(body.length + " bytes"));
        }
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, id.get(), Arrays.copyOf(body, NONCE_BYTES));
            cipher.updateAAD(context(under, stored.status()));
            return StoredResponse.fromBytes(cipher.doFinal(body, NONCE_BYTES, body.length - NONCE_BYTES));
        } catch (GeneralSecurityException wrong) {
            throw unreadable(under, id.get(), "and was modified, or another key with that id is configured", wrong);
        }
    }

    static StoreUnavailableException unreadable(StorageKey under, String id, String why, Throwable cause) {
        return new StoreUnavailableException(
                "the response of the record " + under + " is encrypted with the key '" + id + "', " + why
                        + "; the work did not run",
                cause);
    }

    private Cipher cipher(int mode, String id, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(TRANSFORMATION);
        cipher.init(mode, keys.get(id), new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    private byte[] nonce() {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return nonce;
    }

    /** The associated data: not encrypted, but protected from changes. */
    private static byte[] context(StorageKey under, int status) {
        return ("respite-1 " + under.value() + " " + status).getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the ids of the keys, the current one first. */
    @Override
    public String toString() {
        return "ResponseEncryption[" + currentId + ", all of " + keys.keySet() + "]";
    }
}
