package dev.respite.idempotency.servlet;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response that was ended by {@code sendError}: a problem document (RFC 9457) with status and message.
 *
 * <p>It is not the container's error page, for three reasons. A container renders that page only after the filters have
 * returned, into its own response, so the record would have to be written before its body is known. The servlet API has no
 * method that returns the page for an error, so the filter cannot dispatch to it. The page of Spring Boot contains the time,
 * so a replay would differ from the first response.
 */
final class ErrorBody {

    static final String TYPE = "application/problem+json";

    private static final int FIRST_ERROR = 400;

    private ErrorBody() {}

    /** Returns the document; empty for a status below 400, which is not an error. */
    static byte[] of(int status, @Nullable String message) {
        if (status < FIRST_ERROR) {
            return new byte[0];
        }
        String detail = message == null ? "" : ",\"detail\":\"" + escaped(message) + '"';
        return ("{\"type\":\"about:blank\",\"status\":" + status + detail + '}').getBytes(StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
