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
 * Fingerprints of method, path, query, conditional headers and some parts of a JSON body. The whole body is the last version,
 * for records from before the parts were selected. It is the first for a body that is not JSON or has none of the parts.
 */
final class FieldFingerprints implements Fingerprints {

    /** Numbers are compared as they are written, and the order of the members of an object does not matter. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private final String version;
    private final String withPreconditions;
    private final Map<String, JsonPointer> pointers;
    private final Fingerprints whole;

    private FieldFingerprints(String selection, Map<String, JsonPointer> pointers, Fingerprints whole) {
        // A version has at most 16 characters.
        this.version = "fields-" + selection;
        this.withPreconditions = "fields2-" + selection;
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
        // One version for each selection of parts.
        return new FieldFingerprints(Integer.toHexString(digest.hashCode()), parsed, whole);
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
        List<Fingerprint> all = new ArrayList<>(whole.compute(head, body));
        Optional<Map<String, Object>> parts = parts(head, body);
        if (parts.isEmpty()) {
            return List.copyOf(all);
        }
        byte[] json = bytes(JSON.writeValueAsString(parts.get()));
        Fingerprint selected = Fingerprint.of(
                version,
                bytes(head.method()),
                bytes(head.normalizedPath()),
                bytes(head.query().orElse("")),
                json);
        if (parts.get().isEmpty()) {
            // Not the first: bodies without any of the parts would all be equal. Earlier releases have compared them
            // so.
            all.add(selected);
            return List.copyOf(all);
        }
        all.add(0, selected);
        if (!head.preconditions().isEmpty()) {
            byte[] preconditions = bytes(String.join("\n", head.preconditions()));
            all.add(0, Fingerprint.of(withPreconditions, bytes(selected.digest()), preconditions));
        }
        return List.copyOf(all);
    }

    /** Returns the selected parts; empty if the body is not JSON. A part that is absent differs from one that is null. */
    private Optional<Map<String, Object>> parts(HttpHead head, byte[] body) {
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
            return Optional.of(parts);
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
