package dev.respite.idempotency.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request whose body has been read already, and is read again by what is behind the filter. */
final class HeldRequest extends HttpServletRequestWrapper {

    private static final String NO_PARTS =
            "parts of a multipart body cannot be had behind an IdempotencyFilter: read the body itself, or leave keys out";

    static final String ASYNC_REFUSED = "a handler of a request with an idempotency key has called startAsync, which"
            + " this filter refuses: let the handler answer before it returns, or make the filter withAsyncHandlers(), which"
            + " needs an ExternalIdempotency";

    private final byte[] body;
    private final @Nullable Running running;
    private boolean hasRefusedAsync;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;
    private @Nullable Map<String, String[]> parameters;

    /**
     * Holds a request.
     *
     * @param request the request
     * @param body its body
     * @param running where it may go asynchronous
     */
    HeldRequest(HttpServletRequest request, byte[] body, @Nullable Running running) {
        super(request);
        this.body = body;
        this.running = running;
    }

    @Override
    public ServletInputStream getInputStream() {
        if (reader != null) {
            throw new IllegalStateException("the body is being read by the reader");
        }
        if (stream == null) {
            stream = new HeldBody(body, this);
        }
        return stream;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (stream != null && reader == null) {
            throw new IllegalStateException("the body is being read by the stream");
        }
        if (reader == null) {
            String encoding = getCharacterEncoding();
            reader = new BufferedReader(
                    new InputStreamReader(new HeldBody(body, this), encoding == null ? "ISO-8859-1" : encoding));
        }
        return reader;
    }

    /** The container can no longer read those that are in the body. */
    @Override
    public Map<String, String[]> getParameterMap() {
        if (parameters == null) {
            parameters = Collections.unmodifiableMap(
                    Form.isForm(getContentType())
                            ? Form.merged(super.getParameterMap(), body, getCharacterEncoding())
                            : super.getParameterMap());
        }
        return parameters;
    }

    @Override
    public @Nullable String getParameter(String name) {
        String[] values = getParameterMap().get(name);
        return values == null ? null : values[0];
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(getParameterMap().keySet());
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        String[] values = getParameterMap().get(name);
        return values == null ? null : values.clone();
    }

    @Override
    public Collection<Part> getParts() throws ServletException {
        throw new ServletException(NO_PARTS);
    }

    @Override
    public Part getPart(String name) throws ServletException {
        throw new ServletException(NO_PARTS);
    }

    /**
     * True where it is refused, whatever the container says: what is behind the filter would do without {@code startAsync}
     * otherwise, and fail after its effect where that cannot be noticed.
     */
    @Override
    public boolean isAsyncSupported() {
        return running == null || super.isAsyncSupported();
    }

    /** Whether what is behind the filter wanted to answer on another thread, which the filter was not made for. */
    boolean hasRefusedAsync() {
        return hasRefusedAsync;
    }

    @Override
    public AsyncContext startAsync() {
        return startAsync(this, running().buffered());
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        Running declared = running();
        return RecordedAsync.begun(super.startAsync(request, response), declared);
    }

    @Override
    public AsyncContext getAsyncContext() {
        return RecordedAsync.of(super.getAsyncContext(), running());
    }

    private Running running() {
        if (running == null) {
            hasRefusedAsync = true;
            throw new IllegalStateException(ASYNC_REFUSED);
        }
        return running;
    }
}
