package dev.respite.idempotency.http;

import dev.respite.idempotency.store.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Fingerprints of the whole request, in two versions, and two more with the conditional headers of a request that has any. Each
 * is made of an earlier one, so that a long body is hashed once.
 *
 * @param secret the secret of keyed fingerprints; empty for others. Not copied
 * @param isSecondWritten whether new records get the second version, or the fourth
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
        List<Fingerprint> unconditional = isSecondWritten ? List.of(second, first) : List.of(first, second);
        if (head.preconditions().isEmpty()) {
            return unconditional;
        }
        byte[] preconditions = bytes(String.join("\n", head.preconditions()));
        Fingerprint third = fingerprint("3", bytes(first.digest()), preconditions);
        Fingerprint fourth = fingerprint("4", bytes(second.digest()), preconditions);
        // Earlier releases have not compared these headers.
        return Stream.concat(
                        (isSecondWritten ? Stream.of(fourth, third) : Stream.of(third, fourth)), unconditional.stream())
                .toList();
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
