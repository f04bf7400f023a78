package dev.respite.idempotency.servlet;

import dev.respite.idempotency.body.ResponseBody;
import dev.respite.idempotency.store.StoredResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes a stored response to the response of the container. */
final class ResponseWriter {

    /** Headers that earlier filters may have set already; both values are kept. */
    private static final Set<String> ADDED = Set.of("set-cookie", "vary");

    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

    private ResponseWriter() {}

    /** Sends a reply. If it has no body, the held one is sent. */
    static void send(HttpServletResponse response, StoredResponse reply, ResponseBody held) throws IOException {
        response.setStatus(reply.status());
        for (Map.Entry<String, List<String>> header : reply.headers().entrySet()) {
            boolean isAdded = ADDED.contains(header.getKey().toLowerCase(Locale.ROOT));
            for (String value : header.getValue()) {
                if (isAdded) {
                    response.addHeader(header.getKey(), value);
                } else {
                    response.setHeader(header.getKey(), value);
                    isAdded = true;
                }
            }
        }
        if (WITHOUT_BODY.contains(reply.status())) {
            return;
        }
        Optional<byte[]> body = reply.body();
        if (body.isPresent()) {
            response.setContentLength(body.get().length);
            response.getOutputStream().write(body.get());
        } else {
            response.setContentLengthLong(held.length());
            held.writeTo(response.getOutputStream());
        }
    }
}
