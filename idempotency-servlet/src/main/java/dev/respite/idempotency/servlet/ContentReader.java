package dev.respite.idempotency.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what the body of a request says, up to a limit, before anything is claimed. */
final class ContentReader {

    private final HttpServletRequest request;
    private final int limit;

    ContentReader(HttpServletRequest request, int limit) {
        this.request = request;
        this.limit = limit;
    }

    /**
     * Reads it.
     *
     * @return the content; empty if it is longer than the limit
     * @throws IOException if the body is cut short, or does not come
     * @throws IllegalStateException if something has read it before, and left neither parameters nor parts
     */
    Optional<Content> read() throws IOException, ServletException {
        if (request.getContentLengthLong() > limit) {
            return Optional.empty();
        }
        return isMultipart(request.getContentType()) ? readParts() : readBody();
    }

    private static boolean isMultipart(@Nullable String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
    }

    /**
     * The container parses them, by the multipart configuration of the servlet that the request is for, whose limits hold then.
     * Nothing else can: there is no method that says what that configuration is, and no container parses a body that a wrapper
     * gives it.
     */
    private Optional<Content> readParts() throws IOException, ServletException {
        Collection<Part> parts;
        try {
            parts = request.getParts();
        } catch (IllegalStateException unconfigured) {
            if (unconfigured.getCause() != null) {
                throw unconfigured;
            }
            // The servlet has no multipart configuration, and reads the body itself.
            return readBody();
        }
        List<Part> held = new ArrayList<>();
        long length = 0;
        for (Part part : parts) {
            length += part.getSize();
            if (length > limit) {
                return Optional.empty();
            }
            held.add(HeldPart.of(part));
        }
        return Optional.of(new Content.Parsed(Canonical.parts(held), held));
    }

    private Optional<Content> readBody() throws IOException {
        ServletInputStream in = request.getInputStream();
        byte[] body = in.readNBytes(limit);
        if (body.length == 0 && request.getContentLengthLong() != 0) {
            return Optional.of(readBefore().orElseGet(() -> new Content.Held(body)));
        }
        return body.length == limit && in.read() >= 0 ? Optional.empty() : Optional.of(new Content.Held(body));
    }

    /** Parameters that something before the filter has had parsed; empty if there was no body. */
    private Optional<Content> readBefore() {
        if (Form.isForm(request.getContentType())) {
            Map<String, String[]> parameters = request.getParameterMap();
            if (count(parameters) > Form.count(request.getQueryString())) {
                return Optional.of(new Content.Parsed(Canonical.parameters(parameters), List.of()));
            }
        }
        if (request.getContentLengthLong() > 0) {
            throw new IllegalStateException(
                    "the body of a request with an idempotency key was read before it came to the"
                            + " IdempotencyFilter, and not as a form, so what it asks for cannot be compared: put the filter before"
                            + " whatever reads the body");
        }
        return Optional.empty();
    }

    private static int count(Map<String, String[]> parameters) {
        return parameters.values().stream().mapToInt(values -> values.length).sum();
    }
}
