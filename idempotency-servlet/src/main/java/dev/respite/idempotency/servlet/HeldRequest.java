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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request whose body has been read already, and is read again by what is behind the filter. */
final class HeldRequest extends HttpServletRequestWrapper {

    static final String ASYNC_REFUSED = "a handler of a request with an idempotency key has called startAsync, which"
            + " this filter refuses: let the handler answer before it returns, or make the filter withAsyncHandlers(), which"
            + " needs an ExternalIdempotency";

    private final Content content;
    private final @Nullable Running running;
    private boolean hasRefusedAsync;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;
    private @Nullable Map<String, String[]> parameters;

    /**
     * Holds a request.
     *
     * @param request the request
     * @param content what its body says
     * @param running where it may go asynchronous
     */
    HeldRequest(HttpServletRequest request, Content content, @Nullable Running running) {
        super(request);
        this.content = content;
        this.running = running;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (!(content instanceof Content.Held held)) {
            return super.getInputStream();
        }
        if (reader != null) {
            throw new IllegalStateException("the body is being read by the reader");
        }
        if (stream == null) {
            stream = new HeldBody(held.compared(), this);
        }
        return stream;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (!(content instanceof Content.Held held)) {
            return super.getReader();
        }
        if (stream != null && reader == null) {
            throw new IllegalStateException("the body is being read by the stream");
        }
        if (reader == null) {
            String encoding = getCharacterEncoding();
            reader = new BufferedReader(new InputStreamReader(
                    new HeldBody(held.compared(), this), encoding == null ? "ISO-8859-1" : encoding));
        }
        return reader;
    }

    /** The container can no longer read those that are in a body that is held. */
    @Override
    public Map<String, String[]> getParameterMap() {
        if (parameters == null) {
            boolean isHeldForm = content instanceof Content.Held && Form.isForm(getContentType());
            parameters = Collections.unmodifiableMap(
                    isHeldForm
                            ? Form.merged(super.getParameterMap(), content.compared(), getCharacterEncoding())
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
    public Collection<Part> getParts() throws IOException, ServletException {
        return parts().isEmpty() ? super.getParts() : parts();
    }

    @Override
    public @Nullable Part getPart(String name) throws IOException, ServletException {
        return getParts().stream()
                .filter(part -> part.getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private List<Part> parts() {
        return content instanceof Content.Parsed parsed ? parsed.parts() : List.of();
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
