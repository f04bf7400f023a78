package dev.respite.idempotency.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request: it does not read the body, and its attributes are its own. Its parameters are
 * those of the query.
 */
final class HeadRequest extends HttpServletRequestWrapper {

    private static final String NO_BODY = "the rules of a request are selected before its body is read:"
            + " select them by the method, the path, the query and the headers";

    /** The attributes that differ from the request; empty if one was removed. */
    private final Map<String, Optional<Object>> changed = new HashMap<>();

    private @Nullable Map<String, String[]> query;

    HeadRequest(HttpServletRequest request) {
        super(request);
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        Optional<Object> own = changed.get(name);
        return own == null ? super.getAttribute(name) : own.orElse(null);
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        Set<String> names = new LinkedHashSet<>(Collections.list(super.getAttributeNames()));
        changed.forEach((name, value) -> {
            if (value.isPresent()) {
                names.add(name);
            } else {
                names.remove(name);
            }
        });
        return Collections.enumeration(names);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        changed.put(name, Optional.ofNullable(value));
    }

    @Override
    public void removeAttribute(String name) {
        changed.put(name, Optional.empty());
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        if (query == null) {
            query = Collections.unmodifiableMap(Form.parameters(getQueryString()));
        }
        return query;
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
    public ServletInputStream getInputStream() {
        throw new IllegalStateException(NO_BODY);
    }

    @Override
    public BufferedReader getReader() {
        throw new IllegalStateException(NO_BODY);
    }

    @Override
    public Collection<Part> getParts() {
        throw new IllegalStateException(NO_BODY);
    }

    @Override
    public Part getPart(String name) {
        throw new IllegalStateException(NO_BODY);
    }

    @Override
    public AsyncContext startAsync() {
        throw new IllegalStateException(NO_BODY);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        throw new IllegalStateException(NO_BODY);
    }
}
