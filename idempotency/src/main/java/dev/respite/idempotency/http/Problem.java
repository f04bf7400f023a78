package dev.respite.idempotency.http;

import dev.respite.idempotency.StoredResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a request with a key may be refused for, and the body that says so (RFC 9457). */
enum Problem {
    KEY_MISSING(400, "key-missing", "An idempotency key is required", Again.NO),
    KEY_INVALID(400, "key-invalid", "The idempotency key is not well formed", Again.NO),
    KEY_POSTDATED(400, "key-postdated", "The idempotency key says that it was minted later than now", Again.NO),
    UNAUTHENTICATED(401, "unauthenticated", "Idempotency keys belong to a principal, and there is none", Again.NO),
    REPLAY_FORBIDDEN(403, "replay-forbidden", "The result may not be told any more", Again.NO),
    IN_PROGRESS(409, "in-progress", "A request with this idempotency key is being worked on", Again.YES),
    OUTCOME_UNKNOWN(409, "outcome-unknown", "Whether this was done is not known, and has to be found out", Again.NO),
    KEY_EXPIRED(412, "key-expired", "The idempotency key is too old to tell whether this was done", Again.NO),
    BODY_TOO_LARGE(413, "body-too-large", "The body is too large for a request with an idempotency key", Again.NO),
    KEY_REUSED(422, "key-reused", "The idempotency key was used for another request", Again.NO),
    TOO_MANY_KEYS(429, "too-many-keys", "There are too many idempotency keys", Again.YES),
    STORE_UNAVAILABLE(503, "store-unavailable", "Idempotency keys cannot be looked up; nothing was done", Again.YES),
    BODY_NOT_KEPT(200, "body-not-kept", "This was done; what was answered then was too long to be kept", Again.NO);

    private static final String TYPE = "urn:respite:idempotency:";

    private final int status;
    private final String name;
    private final String title;
    private final Again again;

    /** Whether it makes sense to send the same again. Respite's client, and the SDKs that know the field, obey it. */
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

    /** The detail is ours, or a message that repeats nothing of what was sent. */
    StoredResponse reply(String detail, Map<String, String> more) {
        return reply(status, detail, more);
    }

    StoredResponse reply(int as, String detail, Map<String, String> more) {
        Map<String, List<String>> headers = new TreeMap<>();
        headers.put("Content-Type", List.of("application/problem+json"));
        if (as >= 400) {
            headers.put("Cache-Control", List.of("no-store"));
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
