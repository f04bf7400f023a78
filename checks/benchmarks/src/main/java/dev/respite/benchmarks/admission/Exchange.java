package dev.respite.benchmarks.admission;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request with its response, without a server. Only the methods that a filter of admission or of keys calls work. */
final class Exchange {

    /** The headers of a browser's or a client's request, which are searched in turn as Tomcat does. */
    private static final List<Map.Entry<String, String>> COMMON = List.of(
            Map.entry("Host", "shop.example"),
            Map.entry("User-Agent", "Java-http-client/17"),
            Map.entry("Accept", "application/json"),
            Map.entry("Accept-Encoding", "gzip"),
            Map.entry("Authorization", "Bearer 8e03978e-40d5-43dd-bc93-6894a57f9324"),
            Map.entry("Content-Type", "application/json"),
            Map.entry("Content-Length", "100"),
            Map.entry("Idempotency-Key", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\""));

    final Request request;
    final Response response = new Response();

    Exchange(int attempt) {
        request = new Request(Integer.toString(attempt));
    }

    /** Prepares the objects for another request, as a server does. */
    void recycle() {
        request.attribute = null;
        response.status = HttpServletResponse.SC_OK;
    }

    static final class Request extends HttpServletRequestWrapper {

        private final String attempt;
        private @Nullable Object attribute;

        Request(String attempt) {
            super(unsupported(HttpServletRequest.class));
            this.attempt = attempt;
        }

        @Override
        public @Nullable String getHeader(String name) {
            for (Map.Entry<String, String> header : COMMON) {
                if (header.getKey().equalsIgnoreCase(name)) {
                    return header.getValue();
                }
            }
            return name.equalsIgnoreCase("Respite-Attempt") ? attempt : null;
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            String value = getHeader(name);
            return value == null ? Collections.emptyEnumeration() : Collections.enumeration(List.of(value));
        }

        @Override
        public @Nullable Object getAttribute(String name) {
            return attribute;
        }

        @Override
        public void setAttribute(String name, Object value) {
            attribute = value;
        }

        @Override
        public DispatcherType getDispatcherType() {
            return DispatcherType.REQUEST;
        }

        @Override
        public boolean isAsyncStarted() {
            return false;
        }

        @Override
        public String getMethod() {
            return "POST";
        }

        @Override
        public String getRequestURI() {
            return "/payments";
        }

        @Override
        public @Nullable String getQueryString() {
            return null;
        }
    }

    static final class Response extends HttpServletResponseWrapper {

        int status = HttpServletResponse.SC_OK;
        int retryAfterSeconds;
        private @Nullable String lastHeader;
        private int contentLength;

        Response() {
            super(unsupported(HttpServletResponse.class));
        }

        @Override
        public void setStatus(int status) {
            this.status = status;
        }

        @Override
        public void setIntHeader(String name, int value) {
            retryAfterSeconds = value;
        }

        @Override
        public void setHeader(String name, String value) {
            lastHeader = value;
        }

        @Override
        public void setContentLength(int length) {
            contentLength = length;
        }
    }

    private static <T> T unsupported(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(
                Exchange.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                }));
    }
}
