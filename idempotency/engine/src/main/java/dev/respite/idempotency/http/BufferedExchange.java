package dev.respite.idempotency.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import dev.respite.idempotency.body.ResponseBody;
import dev.respite.idempotency.store.StoredResponse;
import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An exchange whose response is buffered. It is sent after it has been recorded. */
final class BufferedExchange extends HttpExchange {

    private static final int NOT_SENT = -1;
    private static final int NO_BODY = -1;

    private final HttpExchange exchange;
    private final Headers responseHeaders = new Headers();
    private final ResponseBody held;

    /** Attributes of this exchange only; the attributes of the JDK's exchange are shared by all exchanges of a context. */
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();

    private InputStream requestBody;
    private OutputStream responseBody;
    private volatile boolean isEnded;
    private int status = NOT_SENT;
    private long announced;

    BufferedExchange(HttpExchange exchange, byte[] body, ResponseBody held, Map<String, Object> attributes) {
        held.discard();
        this.exchange = exchange;
        this.held = held;
        this.responseBody = new Handlers(held);
        this.requestBody = new ByteArrayInputStream(body);
        this.attributes.putAll(attributes);
    }

    /** The stream of the handler, of which a thread may continue after it. */
    private final class Handlers extends FilterOutputStream {

        Handlers(OutputStream held) {
            super(held);
        }

        @Override
        public void write(int b) throws IOException {
            if (!isEnded) {
                out.write(b);
            }
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            if (!isEnded) {
                out.write(from, offset, length);
            }
        }
    }

    /** Ends the response. Later writes have no effect. */
    void end() {
        isEnded = true;
    }

    /**
     * Returns the response of the handler.
     *
     * @throws IOException if the handler has not responded, or has written another length than it announced
     */
    StoredResponse response() throws IOException {
        if (status == NOT_SENT) {
            throw new IOException(
                    "the handler has returned without a response: a handler behind an IdempotentHandler must respond"
                            + " before it returns");
        }
        responseBody.flush();
        StoredResponse response = held.response(status, responseHeaders);
        boolean isWhole = announced == 0 || held.length() == (announced == NO_BODY ? 0 : announced);
        if (!isWhole) {
            throw new IOException("the handler has announced " + announced + " bytes and written " + held.length());
        }
        return response;
    }

    @Override
    public void sendResponseHeaders(int code, long length) throws IOException {
        if (status != NOT_SENT) {
            throw new IOException("headers already sent");
        }
        status = code;
        announced = length;
    }

    @Override
    public int getResponseCode() {
        return status;
    }

    @Override
    public Headers getResponseHeaders() {
        return responseHeaders;
    }

    @Override
    public InputStream getRequestBody() {
        return requestBody;
    }

    @Override
    public OutputStream getResponseBody() {
        return responseBody;
    }

    @Override
    public void setStreams(@Nullable InputStream in, @Nullable OutputStream out) {
        if (in != null) {
            requestBody = in;
        }
        if (out != null) {
            responseBody = out;
        }
    }

    /** Does nothing: the handler is finished, but the connection is still needed. */
    @Override
    public void close() {}

    @Override
    public @Nullable Object getAttribute(String name) {
        Object own = attributes.get(name);
        return own != null ? own : exchange.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        if (value == null) {
            attributes.remove(name);
        } else {
            attributes.put(name, value);
        }
    }

    @Override
    public Headers getRequestHeaders() {
        return exchange.getRequestHeaders();
    }

    @Override
    public URI getRequestURI() {
        return exchange.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return exchange.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return exchange.getHttpContext();
    }

    @Override
    public InetSocketAddress getRemoteAddress() {
        return exchange.getRemoteAddress();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return exchange.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return exchange.getProtocol();
    }

    @Override
    public HttpPrincipal getPrincipal() {
        return exchange.getPrincipal();
    }
}
