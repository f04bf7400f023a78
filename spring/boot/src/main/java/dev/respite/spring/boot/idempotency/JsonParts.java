package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.store.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
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
 * Selected parts of JSON documents.
 *
 * @param version names the selection in fingerprints
 * @param pointers the JSON Pointers of the parts
 */
record JsonParts(String version, Map<String, JsonPointer> pointers) {

    /** Numbers are compared as they are written, and the order of the members of an object does not matter. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /**
     * Creates a selection. It needs Jackson 3.
     *
     * @param pointers the JSON Pointers of the parts; their order does not matter
     * @throws IllegalArgumentException if one is no JSON Pointer
     */
    static JsonParts of(List<String> pointers) {
        Map<String, JsonPointer> parsed = new TreeMap<>();
        pointers.forEach(pointer -> parsed.put(pointer, pointer(pointer)));
        byte[] all = String.join("\n", parsed.keySet()).getBytes(StandardCharsets.UTF_8);
        // A version is at most 16 characters, in lower case: one for each selection of parts.
        String version = "fields-"
                + Integer.toHexString(Fingerprint.of("f", all).digest().hashCode());
        return new JsonParts(version, parsed);
    }

    private static JsonPointer pointer(String text) {
        try {
            return JsonPointer.compile(text);
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException(
                    "the fingerprint '" + text + "' is not a JSON Pointer: write \"/amount\" or \"/to/iban\"", invalid);
        }
    }

    /** Returns the parts of a document; empty if it is not JSON. A part that is absent differs from one that is null. */
    Optional<byte[]> in(byte[] document) {
        try {
            JsonNode root = JSON.readTree(document);
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
            return Optional.of(JSON.writeValueAsBytes(parts));
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }
}
