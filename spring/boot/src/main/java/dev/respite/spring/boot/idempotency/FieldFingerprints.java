package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.http.Fingerprints;
import dev.respite.idempotency.http.HttpHead;
import dev.respite.idempotency.store.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fingerprints of method, path, query and some parts of a JSON body. The whole body is the second version, for a body that is
 * not JSON and for records from before the parts were selected.
 */
final class FieldFingerprints implements Fingerprints {

    /** Numbers are compared as they are written, and the order of the members of an object does not matter. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final String version;
    private final Map<String, JsonPointer> pointers;
    private final Fingerprints whole;

    private FieldFingerprints(String version, Map<String, JsonPointer> pointers, Fingerprints whole) {
        this.version = version;
        this.pointers = pointers;
        this.whole = whole;
    }

    /**
     * Creates fingerprints. It needs Jackson 3.
     *
     * @param pointers the JSON Pointers of the parts; their order does not matter
     * @param whole the fingerprints of the whole request
     * @throws IllegalArgumentException if one is no JSON Pointer
     */
    static FieldFingerprints of(List<String> pointers, Fingerprints whole) {
        Map<String, JsonPointer> parsed = new TreeMap<>();
        pointers.forEach(pointer -> parsed.put(pointer, pointer(pointer)));
        String digest =
                Fingerprint.of("f", bytes(String.join("\n", parsed.keySet()))).digest();
        // A version is at most 16 characters, in lower case: one for each selection of parts.
        return new FieldFingerprints("fields-" + Integer.toHexString(digest.hashCode()), parsed, whole);
    }

    private static JsonPointer pointer(String text) {
        try {
            return JsonPointer.compile(text);
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException(
                    "the fingerprint '" + text + "' is not a JSON Pointer: write \"/amount\" or \"/to/iban\"", invalid);
        }
    }

    @Override
    public List<Fingerprint> compute(HttpHead head, byte[] body) {
        List<Fingerprint> ofWhole = whole.compute(head, body);
        return parts(head, body)
                .map(parts -> {
                    List<Fingerprint> all = new ArrayList<>();
                    all.add(Fingerprint.of(
                            version,
                            bytes(head.method()),
                            bytes(head.normalizedPath()),
                            bytes(head.query().orElse("")),
                            bytes(parts)));
                    all.addAll(ofWhole);
                    return List.copyOf(all);
                })
                .orElse(ofWhole);
    }

    /** Returns the selected parts; empty if the body is not JSON. A part that is absent differs from one that is null. */
    private Optional<String> parts(HttpHead head, byte[] body) {
        if (head.headers().apply("Content-Type").stream().noneMatch(FieldFingerprints::isJson)) {
            return Optional.empty();
        }
        try {
            JsonNode root = JSON.readTree(body);
            // An empty body.
            if (root.isMissingNode()) {
                return Optional.empty();
            }
            Map<String, Object> parts = new TreeMap<>();
            pointers.forEach((text, pointer) -> {
                JsonNode chunk = root.at(pointer);
                if (!chunk.isMissingNode()) {
                    parts.put(text, Collections.singletonList(JSON.treeToValue(chunk, Object.class)));
                }
            });
            return Optional.of(JSON.writeValueAsString(parts));
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    private static boolean isJson(String contentType) {
        String type = contentType.toLowerCase(Locale.ROOT).split(";", 2)[0].trim();
        return type.equals("application/json") || type.endsWith("+json");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
