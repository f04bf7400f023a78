package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.http.Fingerprints;
import dev.respite.idempotency.http.HttpHead;
import dev.respite.idempotency.store.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Fingerprints of method, path, query and some parts of a JSON body. The whole body is the second version, for a body that is
 * not JSON and for records from before the parts were selected.
 *
 * @param parts the parts
 * @param whole the fingerprints of the whole request
 */
record FieldFingerprints(JsonParts parts, Fingerprints whole) implements Fingerprints {

    /** Creates fingerprints of the parts that JSON Pointers select. */
    static FieldFingerprints of(List<String> pointers, Fingerprints whole) {
        return new FieldFingerprints(JsonParts.of(pointers), whole);
    }

    @Override
    public List<Fingerprint> compute(HttpHead head, byte[] body) {
        List<Fingerprint> ofWhole = whole.compute(head, body);
        return selected(head, body)
                .map(selected -> {
                    List<Fingerprint> all = new ArrayList<>();
                    all.add(Fingerprint.of(
                            parts.version(),
                            bytes(head.method()),
                            bytes(head.normalizedPath()),
                            bytes(head.query().orElse("")),
                            selected));
                    all.addAll(ofWhole);
                    return List.copyOf(all);
                })
                .orElse(ofWhole);
    }

    private Optional<byte[]> selected(HttpHead head, byte[] body) {
        return head.headers().apply("Content-Type").stream().anyMatch(FieldFingerprints::isJson)
                ? parts.in(body)
                : Optional.empty();
    }

    private static boolean isJson(String contentType) {
        String type = contentType.toLowerCase(Locale.ROOT).split(";", 2)[0].trim();
        return type.equals("application/json") || type.endsWith("+json");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
