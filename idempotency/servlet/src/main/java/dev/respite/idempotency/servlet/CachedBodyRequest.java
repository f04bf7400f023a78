package dev.respite.idempotency.servlet;

import dev.respite.idempotency.OutcomeUnknownException;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request whose body has been read, and can be read again behind the filter. */
final class CachedBodyRequest extends HttpServletRequestWrapper {

    static final String ASYNC_REJECTED = "a handler of a request with an idempotency key has called startAsync, which"
            + " this filter rejects: respond before the handler returns, or use withAsyncHandlers(), which"
            + " needs an ExternalIdempotency";

    /**
     * The attributes of an exception that has left a handler, and of which a response is made. Spring's {@code DispatcherServlet}
     * sets one of them: the first for a view, and removes it after the view is rendered.
     */
    private static final Set<String> FAILURES =
            Set.of(RequestDispatcher.ERROR_EXCEPTION, "org.springframework.web.servlet.DispatcherServlet.EXCEPTION");

    private final Content content;
    private final @Nullable AsyncRequest async;
    private boolean hasRejectedAsync;
    private boolean hasFailed;
    private @Nullable Throwable unknownOutcome;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;
    private @Nullable Map<String, String[]> parameters;

    /**
     * Wraps a request.
     *
     * @param request the request
     * @param content the contents of its body
     * @param async the asynchronous request; null if {@code startAsync} is rejected
     */
    CachedBodyRequest(HttpServletRequest request, Content content, @Nullable AsyncRequest async) {
        super(request);
        this.content = content;
        this.async = async;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (!(content instanceof Content.Cached held)) {
            return super.getInputStream();
        }
        if (reader != null) {
            throw new IllegalStateException("the body is being read by the reader");
        }
        if (stream == null) {
            stream = new CachedBodyStream(held.compared(), this);
        }
        return stream;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (!(content instanceof Content.Cached held)) {
            return super.getReader();
        }
        if (stream != null && reader == null) {
            throw new IllegalStateException("the body is being read by the stream");
        }
        if (reader == null) {
            String encoding = getCharacterEncoding();
            reader = new BufferedReader(new InputStreamReader(
                    new CachedBodyStream(held.compared(), this), encoding == null ? "ISO-8859-1" : encoding));
        }
        return reader;
    }

    /** The container can no longer parse parameters of a cached body. */
    @Override
    public Map<String, String[]> getParameterMap() {
        if (parameters == null) {
            boolean isHeldForm = content instanceof Content.Cached && Form.isForm(getContentType());
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
     * Returns true if {@code startAsync} is rejected. With false, a handler would do without {@code startAsync}, and could
     * fail after its effect without the filter noticing.
     */
    @Override
    public boolean isAsyncSupported() {
        return async == null || super.isAsyncSupported();
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        if (value instanceof Throwable failure && FAILURES.contains(name)) {
            hasFailed = true;
            if (OutcomeUnknownException.isIn(failure)) {
                unknownOutcome = failure;
            }
        }
        super.setAttribute(name, value);
    }

    /** Returns whether an exception has left a handler, and another part of the application has made a response of it. */
    boolean hasFailed() {
        return hasFailed;
    }

    /** Returns whether a handler has called {@code startAsync} although the filter does not support it. */
    boolean hasRejectedAsync() {
        return hasRejectedAsync;
    }

    /** Throws an exception if the outcome of the work is unknown, whatever response the application has made of that. */
    void requireKnownOutcome() {
        if (hasRejectedAsync) {
            throw new OutcomeUnknownException(ASYNC_REJECTED);
        }
        if (unknownOutcome != null) {
            throw new OutcomeUnknownException(
                    "the application has made a response of an OutcomeUnknownException", unknownOutcome);
        }
    }

    @Override
    public AsyncContext startAsync() {
        return startAsync(this, async().buffered());
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        AsyncRequest declared = async();
        return RecordedAsync.begun(super.startAsync(request, response), declared);
    }

    /** Before {@code startAsync} a container throws an exception. Spring's MockMvc returns null, and calls this for each request. */
    @Override
    public @Nullable AsyncContext getAsyncContext() {
        AsyncContext context = super.getAsyncContext();
        return context == null ? null : RecordedAsync.of(context, async());
    }

    private AsyncRequest async() {
        if (async == null) {
            hasRejectedAsync = true;
            throw new IllegalStateException(ASYNC_REJECTED);
        }
        return async;
    }
}
