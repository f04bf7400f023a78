package dev.respite.idempotency.http;

import dev.respite.idempotency.store.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Computes the fingerprints of requests. A key that is sent again with another fingerprint is rejected. Leave out what
 * differs between two attempts of the same request: a boundary, a signature, the time.
 *
 * <p>Safe for use by any number of threads.
 */
@FunctionalInterface
public interface Fingerprints {

    /**
     * Returns the fingerprints of a request.
     *
     * @param head the request
     * @param body its body. For a form or multipart body that a servlet container has parsed, the canonical form of its
     *     parameters or parts, which does not depend on the boundary or the order of parameters
     * @return one for each version that records may still have, the newest first
     */
    List<Fingerprint> compute(HttpHead head, byte[] body);

    /**
     * Fingerprints of method, {@linkplain HttpHead#normalizedPath() normalized path}, query and the whole body.
     *
     * @return the fingerprints, of one version
     */
    static Fingerprints ofAll() {
        return (head, body) -> List.of(Fingerprint.of(
                "all-1",
                bytes(head.method()),
                bytes(head.normalizedPath()),
                bytes(head.query().orElse("")),
                body));
    }

    /**
     * Fingerprints of method, {@linkplain HttpHead#normalizedPath() normalized path}, query and the whole body, under a
     * secret. Use it for bodies with so few possible values that a reader of the store could try them all.
     *
     * @param secret the same on all nodes, at least 16 bytes
     * @return the fingerprints, of one version
     * @throws IllegalArgumentException if the secret is shorter than 16 bytes
     */
    static Fingerprints ofAll(byte[] secret) {
        byte[] kept = secret.clone();
        Fingerprint unused = Fingerprint.keyed("all-k1", kept);
        return (head, body) -> List.of(Fingerprint.keyed(
                "all-k1",
                kept,
                bytes(head.method()),
                bytes(head.normalizedPath()),
                bytes(head.query().orElse("")),
                body));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
