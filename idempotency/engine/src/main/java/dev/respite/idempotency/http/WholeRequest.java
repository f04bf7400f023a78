package dev.respite.idempotency.http;

import dev.respite.idempotency.store.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Fingerprints of the whole request, in two versions. The second is made of the first, so that a long body is hashed once.
 *
 * @param secret the secret of keyed fingerprints; empty for others. Not copied
 * @param isSecondWritten whether new records get the second version
 */
record WholeRequest(Optional<byte[]> secret, boolean isSecondWritten) implements Fingerprints {

    /** Rejects a short secret now, not with the first request. */
    WholeRequest {
        secret.ifPresent(key -> {
            Fingerprint unused = Fingerprint.keyed("all-k1", key);
        });
    }

    @Override
    public List<Fingerprint> compute(HttpHead head, byte[] body) {
        Fingerprint first = fingerprint(
                "1",
                bytes(head.method()),
                bytes(head.normalizedPath()),
                bytes(head.query().orElse("")),
                body);
        Fingerprint second =
                fingerprint("2", bytes(first.digest()), bytes(mediaType(head)), bytes(contentEncoding(head)));
        return isSecondWritten ? List.of(second, first) : List.of(first, second);
    }

    private Fingerprint fingerprint(String version, byte[]... contents) {
        return secret.map(key -> Fingerprint.keyed("all-k" + version, key, contents))
                .orElseGet(() -> Fingerprint.of("all-" + version, contents));
    }

    /** Returns type and subtype: the boundary of a multipart body differs in each attempt. */
    private static String mediaType(HttpHead head) {
        return head.headers().apply("Content-Type").stream()
                .map(line -> line.split(";", 2)[0])
                .map(WholeRequest::normalized)
                .collect(Collectors.joining(","));
    }

    private static String contentEncoding(HttpHead head) {
        return head.headers().apply("Content-Encoding").stream()
                .map(WholeRequest::normalized)
                .collect(Collectors.joining(","));
    }

    private static String normalized(String line) {
        return line.replaceAll("[ \\t]", "").toLowerCase(Locale.ROOT);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
