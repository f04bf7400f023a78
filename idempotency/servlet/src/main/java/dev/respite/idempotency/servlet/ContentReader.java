package dev.respite.idempotency.servlet;

import dev.respite.cause.CauseChain;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the contents of a request body, up to a limit, before a key is claimed. */
final class ContentReader {

    /** The exceptions of containers that report a malformed body. Jetty responds to its own ones with 400. */
    private static final Set<String> MALFORMED = Set.of(
            "org.apache.tomcat.util.http.fileupload.FileUploadException",
            "org.apache.tomcat.util.http.fileupload.MultipartStream$MalformedStreamException",
            "org.apache.tomcat.util.http.fileupload.impl.InvalidContentTypeException");

    private final HttpServletRequest request;
    private final int limit;

    ContentReader(HttpServletRequest request, int limit) {
        this.request = request;
        this.limit = limit;
    }

    /**
     * Reads the contents.
     *
     * @return the contents; empty if the body is longer than the limit
     * @throws IOException if the body is truncated or does not arrive
     * @throws IllegalStateException if the body was read before, without leaving parameters or parts
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
     * Lets the container parse the parts, with the multipart configuration of the request's servlet and its limits. Only the
     * container can do that: no method returns the configuration, and no container parses a body from a wrapper.
     */
    private Optional<Content> readParts() throws IOException, ServletException {
        Collection<Part> parts;
        try {
            parts = request.getParts();
        } catch (IllegalStateException unconfigured) {
            if (unconfigured.getCause() != null) {
                throw unconfigured;
            }
            // The servlet has no multipart configuration and reads the body itself.
            return readBody();
        } catch (IOException | ServletException failed) {
            if (CauseChain.first(failed, ContentReader::malformed).isPresent()) {
                return Optional.of(new Content.Malformed());
            }
            throw failed;
        }
        List<Part> held = new ArrayList<>();
        long length = 0;
        for (Part part : parts) {
            length += part.getSize();
            if (length > limit) {
                return Optional.empty();
            }
            held.add(CachedPart.of(part));
        }
        return Optional.of(new Content.Parsed(Canonical.parts(held), held));
    }

    private static Optional<Throwable> malformed(Throwable failure) {
        return Optional.of(failure)
                .filter(each -> MALFORMED.contains(each.getClass().getName()));
    }

    private Optional<Content> readBody() throws IOException {
        ServletInputStream in = request.getInputStream();
        byte[] body = in.readNBytes(limit);
        if (body.length == 0 && request.getContentLengthLong() != 0) {
            return Optional.of(readBefore().orElseGet(() -> new Content.Cached(body)));
        }
        return body.length == limit && in.read() >= 0 ? Optional.empty() : Optional.of(new Content.Cached(body));
    }

    /** Returns parameters that were parsed before the filter; empty if there was no body. */
    private Optional<Content> readBefore() {
        if (Form.isForm(request.getContentType())) {
            Map<String, String[]> parameters = request.getParameterMap();
            if (count(parameters) > Form.count(request.getQueryString())) {
                return Optional.of(new Content.Parsed(Canonical.parameters(parameters), List.of()));
            }
        }
        if (request.getContentLengthLong() > 0) {
            throw new IllegalStateException(
                    "the body of a request with an idempotency key was read before the IdempotencyFilter,"
                            + " and not as a form, so it has no fingerprint: put the filter before"
                            + " the component that reads the body");
        }
        return Optional.empty();
    }

    private static int count(Map<String, String[]> parameters) {
        return parameters.values().stream().mapToInt(values -> values.length).sum();
    }
}
