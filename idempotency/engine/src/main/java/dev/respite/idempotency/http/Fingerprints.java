package dev.respite.idempotency.http;

import dev.respite.idempotency.store.Fingerprint;
import java.util.List;
import java.util.Optional;

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
     * @return one for each version that records may have; a new record gets the first one
     */
    List<Fingerprint> compute(HttpHead head, byte[] body);

    /**
     * Fingerprints of method, {@linkplain HttpHead#normalizedPath() normalized path}, query and the whole body.
     *
     * <p>New records have the version {@code all-1}, which all releases can compare; of a {@linkplain HttpHead#preconditions()
     * conditional} request {@code all-3}, with its conditional headers. Records with the versions of {@link
     * #ofAllAndMediaType()} are compared too.
     *
     * @return the fingerprints
     */
    static Fingerprints ofAll() {
        return new WholeRequest(Optional.empty(), false);
    }

    /**
     * Fingerprints of method, {@linkplain HttpHead#normalizedPath() normalized path}, query, media type, {@code
     * Content-Encoding} and the whole body. The media type is type and subtype without parameters, since the boundary of a
     * multipart body differs in each attempt. Upper and lower case are equal.
     *
     * <p>New records have the version {@code all-2}, of a conditional request {@code all-4}. Use it only when no instance runs a release without this method: such
     * an instance rejects the keys of these records with 422. Records with the version of {@link #ofAll()} are compared as
     * before.
     *
     * @return the fingerprints
     */
    static Fingerprints ofAllAndMediaType() {
        return new WholeRequest(Optional.empty(), true);
    }

    /**
     * Fingerprints of the same contents as {@link #ofAll()}, under a secret. Use it for bodies with so few possible values
     * that a reader of the store could try them all. The versions are {@code all-k1} to {@code all-k4}.
     *
     * @param secret the same on all nodes, at least 16 bytes
     * @return the fingerprints
     * @throws IllegalArgumentException if the secret is shorter than 16 bytes
     */
    static Fingerprints ofAll(byte[] secret) {
        return new WholeRequest(Optional.of(secret.clone()), false);
    }

    /**
     * Fingerprints of the same contents as {@link #ofAllAndMediaType()}, under a secret, for when no instance runs a release
     * without this method. The versions are {@code all-k1} to {@code all-k4}.
     *
     * @param secret the same on all nodes, at least 16 bytes
     * @return the fingerprints
     * @throws IllegalArgumentException if the secret is shorter than 16 bytes
     */
    static Fingerprints ofAllAndMediaType(byte[] secret) {
        return new WholeRequest(Optional.of(secret.clone()), true);
    }
}
