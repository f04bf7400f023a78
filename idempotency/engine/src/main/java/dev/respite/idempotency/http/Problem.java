package dev.respite.idempotency.http;

import dev.respite.idempotency.store.StoredResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The problems of requests with a key, and the body that describes each (RFC 9457). */
enum Problem {
    KEY_MISSING(400, "key-missing", "An idempotency key is required", Again.NO),
    KEY_INVALID(400, "key-invalid", "The idempotency key is not well formed", Again.NO),
    KEY_POSTDATED(400, "key-postdated", "The time in the idempotency key is in the future", Again.NO),
    FORM_INVALID(400, "form-invalid", "The form cannot be read; no key was used", Again.NO),
    UNAUTHENTICATED(401, "unauthenticated", "Idempotency keys need an authenticated principal", Again.NO),
    REPLAY_FORBIDDEN(403, "replay-forbidden", "The result may not be returned to this caller", Again.NO),
    IN_PROGRESS(409, "in-progress", "A request with this idempotency key is in progress", Again.YES),
    OUTCOME_UNKNOWN(409, "outcome-unknown", "It is unknown whether this was done, and must be resolved", Again.NO),
    KEY_EXPIRED(412, "key-expired", "The idempotency key is too old to determine whether this was done", Again.NO),
    BODY_TOO_LARGE(413, "body-too-large", "The body is too large for a request with an idempotency key", Again.NO),
    KEY_REUSED(422, "key-reused", "The idempotency key was used for another request", Again.NO),
    TOO_MANY_KEYS(429, "too-many-keys", "There are too many idempotency keys", Again.YES),
    STORE_UNAVAILABLE(503, "store-unavailable", "Idempotency keys cannot be looked up; nothing was done", Again.YES),
    BODY_NOT_KEPT(410, "body-not-kept", "This request was completed; its response was too long to store", Again.NO);

    private static final String TYPE = "urn:respite:idempotency:";

    private final int status;
    private final String name;
    private final String title;
    private final Again again;

    /** The advice on sending the same request again. Respite's client, and SDKs that know the field, obey it. */
    private enum Again {
        YES,
        NO
    }

    Problem(int status, String name, String title, Again again) {
        this.status = status;
        this.name = name;
        this.title = title;
        this.again = again;
    }

    StoredResponse reply() {
        return reply(title, Map.of());
    }

    /** Returns the response. The detail must not contain anything that the client sent. */
    StoredResponse reply(String detail, Map<String, String> more) {
        return reply(status, detail, more);
    }

    StoredResponse reply(int as, String detail, Map<String, String> more) {
        Map<String, List<String>> headers = new TreeMap<>();
        headers.put("Content-Type", List.of("application/problem+json"));
        headers.put("Cache-Control", List.of("no-store"));
        if (as >= 400) {
            headers.put("X-Should-Retry", List.of(again == Again.YES ? "true" : "false"));
        }
        more.forEach((header, value) -> headers.put(header, List.of(value)));
        String json = "{\"type\":\"" + TYPE + name + "\",\"title\":\"" + title + "\",\"status\":" + as
                + ",\"detail\":\"" + escaped(detail) + "\"}";
        return StoredResponse.of(as, headers, json.getBytes(StandardCharsets.UTF_8));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
