package dev.respite.idempotency.servlet;

import jakarta.servlet.http.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A part whose content is in memory, so that work that runs again can read it again. Spring deletes the parts of a request
 * after each handler.
 */
final class CachedPart implements Part {

    private final Part part;
    private final byte[] content;

    private CachedPart(Part part, byte[] content) {
        this.part = part;
        this.content = content;
    }

    static CachedPart of(Part part) throws IOException {
        try (InputStream in = part.getInputStream()) {
            return new CachedPart(part, in.readAllBytes());
        }
    }

    @Override
    public InputStream getInputStream() {
        return new ByteArrayInputStream(content);
    }

    @Override
    public long getSize() {
        return content.length;
    }

    /** Passes relative names to the container, which knows the folder of the multipart configuration. */
    @Override
    public void write(String fileName) throws IOException {
        Path file = Path.of(fileName);
        if (file.isAbsolute()) {
            Files.write(file, content);
        } else {
            part.write(fileName);
        }
    }

    /** Does nothing: the container deletes the part at the end of the request. */
    @Override
    public void delete() {}

    @Override
    public @Nullable String getContentType() {
        return part.getContentType();
    }

    @Override
    public String getName() {
        return part.getName();
    }

    @Override
    public @Nullable String getSubmittedFileName() {
        return part.getSubmittedFileName();
    }

    @Override
    public @Nullable String getHeader(String name) {
        return part.getHeader(name);
    }

    @Override
    public Collection<String> getHeaders(String name) {
        return part.getHeaders(name);
    }

    @Override
    public Collection<String> getHeaderNames() {
        return part.getHeaderNames();
    }
}
