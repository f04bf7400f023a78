package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;
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
 * were stored before encryption was enabled are still replayed, unless {@link #withoutPlainResponses()} rejects them.
 *
 * <p>The request is stored as a fingerprint in any case. If its contents could be guessed, use {@link
 * dev.respite.idempotency.http.Fingerprints#ofAll(byte[])}. Immutable, and safe for use by any number of threads.
 */
public final class ResponseEncryption {

    /** Marks an encrypted response. Its first value is the id of the key. */
    static final String HEADER = "Respite-Encrypted";

    /** The second value of the header if the fingerprint of the request is authenticated. Without it, there is none. */
    private static final String WITH_FINGERPRINT = "2";

    private static final String ALGORITHM = "AES";
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int MAX_ID_LENGTH = 64;

    private final String currentId;
    private final Map<String, SecretKey> keys;
    private final boolean rejectsPlain;
    private final SecureRandom random = new SecureRandom();

    private ResponseEncryption(String currentId, Map<String, SecretKey> keys, boolean rejectsPlain) {
        this.currentId = currentId;
        this.keys = keys;
        this.rejectsPlain = rejectsPlain;
    }

    /**
     * {@return an encryption with one key}
     *
     * @param id the id of the key, 1 to 64 visible ASCII characters; it is stored with each response
     * @param key an AES key of 128, 192 or 256 bits
     * @throws IllegalArgumentException if the id or the key is something else
     */
    public static ResponseEncryption of(String id, SecretKey key) {
        return new ResponseEncryption(id, Map.of(), false).withOldKey(id, key);
    }

    /**
     * {@return an encryption that also decrypts responses that were encrypted with another key}
     *
     * @param id the id of that key, 1 to 64 visible ASCII characters
     * @param key an AES key of 128, 192 or 256 bits
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
        ResponseEncryption added = new ResponseEncryption(currentId, more, rejectsPlain);
        added.tryOut(id);
        return added;
    }

    /**
     * {@return an encryption that rejects responses in plain text, which anyone with write access to the store could have made}
     * The call throws a {@link StoreUnavailableException} (503 in HTTP), and the work does not run.
     *
     * <p>It also binds each response to the fingerprint of its request, in a format that earlier versions of Respite cannot
     * read. With the current key it rejects the earlier format too; with old keys it reads both. Use it together with a new
     * current key, after all nodes run this version and have that key. Responses in plain text must be past their retention.
     */
    public ResponseEncryption withoutPlainResponses() {
        return new ResponseEncryption(currentId, keys, true);
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

    StoredResponse encrypt(IdempotencyRecord under, StoredResponse response) {
        List<String> mark = rejectsPlain ? List.of(currentId, WITH_FINGERPRINT) : List.of(currentId);
        byte[] nonce = nonce();
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, currentId, nonce);
            cipher.updateAAD(context(mark, under, response.status()));
            byte[] encrypted = cipher.doFinal(response.toBytes());
            byte[] body = ByteBuffer.allocate(NONCE_BYTES + encrypted.length)
                    .put(nonce)
                    .put(encrypted)
                    .array();
            return StoredResponse.of(response.status(), Map.of(HEADER, mark), body);
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
        return mark(stored).stream().findFirst();
    }

    private static List<String> mark(StoredResponse stored) {
        return stored.headers().getOrDefault(HEADER, List.of());
    }

    StoredResponse decrypt(IdempotencyRecord done) {
        StoredResponse stored = done.response().orElseThrow();
        List<String> mark = mark(stored);
        if (mark.isEmpty() && !rejectsPlain) {
            return stored;
        }
        problem(mark).ifPresent(problem -> {
            throw unreadable(done.key(), problem, new GeneralSecurityException(mark.toString()));
        });
        String id = mark.get(0);
        byte[] body = stored.body().orElse(new byte[0]);
        if (body.length < NONCE_BYTES) {
            throw unreadable(
                    done.key(),
                    encryptedWith(id) + " and is truncated",
                    new GeneralSecurityException(body.length + " bytes"));
        }
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, id, Arrays.copyOf(body, NONCE_BYTES));
            cipher.updateAAD(context(mark, done, stored.status()));
            return StoredResponse.fromBytes(cipher.doFinal(body, NONCE_BYTES, body.length - NONCE_BYTES));
        } catch (GeneralSecurityException wrong) {
            throw unreadable(
                    done.key(),
                    encryptedWith(id) + " and was modified or moved, or another key with that id is configured",
                    wrong);
        }
    }

    /** Returns why a response with this mark is not decrypted; empty if it is. */
    private Optional<String> problem(List<String> mark) {
        if (mark.isEmpty()) {
            return Optional.of("is in plain text, which withoutPlainResponses rejects");
        }
        String id = mark.get(0);
        if (!keys.containsKey(id)) {
            return Optional.of(encryptedWith(id) + " which is not configured: add it with withOldKey");
        }
        if (mark.size() > 1 && !mark.equals(List.of(id, WITH_FINGERPRINT))) {
            return Optional.of(
                    encryptedWith(id) + " in a format that this version of Respite cannot read: upgrade this node");
        }
        if (mark.size() == 1 && rejectsPlain && id.equals(currentId)) {
            return Optional.of(encryptedWith(id)
                    + " without the fingerprint of its request, which withoutPlainResponses accepts of"
                    + " old keys only: configure a new current key");
        }
        return Optional.empty();
    }

    static String encryptedWith(String id) {
        return "is encrypted with the key '" + id + "',";
    }

    static StoreUnavailableException unreadable(StorageKey under, String problem, Throwable cause) {
        return new StoreUnavailableException(
                "the response of the record " + under + " " + problem + "; the work did not run", cause);
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

    /** Returns the associated data, which are not encrypted but protected from changes. */
    private static byte[] context(List<String> mark, IdempotencyRecord under, int status) {
        String bound = under.key().value() + " " + status;
        String context = mark.size() == 1 ? "respite-1 " + bound : "respite-2 " + bound + " " + under.fingerprint();
        return context.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the ids of the keys, the current one first, and whether responses in plain text are rejected. */
    @Override
    public String toString() {
        return "ResponseEncryption[" + currentId + ", all of " + keys.keySet()
                + (rejectsPlain ? ", without plain responses]" : "]");
    }
}
