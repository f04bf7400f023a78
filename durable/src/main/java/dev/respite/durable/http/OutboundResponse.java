package dev.respite.durable.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A response that was accepted. Its body is not copied, and must not be changed.
 *
 * @param status the status code
 * @param headers the values by the names of the fields, whose case does not matter
 * @param body the body; empty if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record OutboundResponse(int status, Map<String, List<String>> headers, byte[] body) {

    /**
     * Returns the body as text.
     *
     * @return the body, read as UTF-8
     */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
