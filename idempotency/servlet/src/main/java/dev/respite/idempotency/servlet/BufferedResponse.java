package dev.respite.idempotency.servlet;

import dev.respite.idempotency.body.ResponseBody;
import dev.respite.idempotency.store.StoredResponse;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A response that is buffered and sent after it has been recorded.
 *
 * <p>Its status, headers and body are separate from those of the container. After the container has abandoned a request,
 * writes must not reach the response of another request.
 */
final class BufferedResponse extends HttpServletResponseWrapper {

    private final BufferedHeaders headers = new BufferedHeaders();
    private final ResponseBody content;
    private final BufferedBody body;
    private int status = SC_OK;
    private @Nullable PrintWriter writer;
    private boolean isStream;
    private boolean isSealed;
    private @Nullable Locale locale;

    /**
     * Creates an empty response.
     *
     * @param response the response of the container
     * @param content the body, which is emptied
     * @param container runs callbacks of non-blocking writers
     */
    BufferedResponse(HttpServletResponse response, ResponseBody content, Consumer<Runnable> container) {
        super(TomcatResponse.hidden(response));
        content.discard();
        this.content = content;
        this.body = new BufferedBody(content, container);
    }

    /**
     * Returns the buffered response.
     *
     * @throws IOException if not all of it could be encoded, or it is too long
     */
    StoredResponse response() throws IOException {
        boolean isIncomplete = writer != null && writer.checkError();
        StoredResponse response = content.response(status, headers.toMap());
        if (isIncomplete) {
            throw new IOException("the text of the response cannot be encoded in " + getCharacterEncoding()
                    + ", or be written to its temporary file");
        }
        return response;
    }

    /** Ends the response. Later writes have no effect: a thread of the handler may continue after the handler. */
    void end() {
        body.seal();
    }

    private void unlessSealed(Runnable change) {
        if (!isSealed) {
            change.run();
        }
    }

    private void seal(int as, byte[] error) throws IOException {
        resetBuffer();
        status = as;
        body.write(error, 0, error.length);
        isSealed = true;
        body.seal();
    }

    @Override
    public void setStatus(int code) {
        unlessSealed(() -> status = code);
    }

    @Override
    public int getStatus() {
        return status;
    }

    @Override
    public void sendError(int code) throws IOException {
        sendError(code, null);
    }

    /** Ends the response with a body of Respite, see {@link ErrorBody}. */
    @Override
    public void sendError(int code, @Nullable String message) throws IOException {
        byte[] error = ErrorBody.of(code, message);
        seal(code, error);
        headers.describeBody(error.length == 0 ? null : ErrorBody.TYPE);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        sendRedirect(location, SC_FOUND, true);
    }

    @Override
    public void sendRedirect(String location, int code, boolean clearBuffer) throws IOException {
        headers.set("Location", location);
        if (clearBuffer) {
            seal(code, new byte[0]);
        } else {
            status = code;
        }
    }

    @Override
    public boolean isCommitted() {
        return isSealed;
    }

    @Override
    public void flushBuffer() {
        if (writer != null) {
            writer.flush();
        }
    }

    @Override
    public void reset() {
        resetBuffer();
        headers.clear();
        status = SC_OK;
        writer = null;
        isStream = false;
    }

    @Override
    public void resetBuffer() {
        if (isSealed) {
            throw new IllegalStateException("the response has been ended by sendError or sendRedirect");
        }
        flushBuffer();
        content.discard();
    }

    @Override
    public void setBufferSize(int size) {}

    @Override
    public int getBufferSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public ServletOutputStream getOutputStream() {
        if (writer != null) {
            throw new IllegalStateException("the body is being written by the writer");
        }
        isStream = true;
        return body;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (isStream) {
            throw new IllegalStateException("the body is being written by the stream");
        }
        if (writer == null) {
            headers.fixEncoding();
            writer = new PrintWriter(new OutputStreamWriter(body, getCharacterEncoding()));
        }
        return writer;
    }

    @Override
    public void setContentType(@Nullable String type) {
        unlessSealed(() -> headers.set("Content-Type", type));
    }

    @Override
    public @Nullable String getContentType() {
        return headers.contentType();
    }

    @Override
    public void setCharacterEncoding(@Nullable String encoding) {
        unlessSealed(() -> headers.setEncoding(encoding));
    }

    @Override
    public void setCharacterEncoding(@Nullable Charset encoding) {
        setCharacterEncoding(encoding == null ? null : encoding.name());
    }

    @Override
    public String getCharacterEncoding() {
        return headers.encoding();
    }

    /** Ignored: the length is the length of the written body. */
    @Override
    public void setContentLength(int length) {}

    @Override
    public void setContentLengthLong(long length) {}

    @Override
    public void setHeader(String name, @Nullable String value) {
        unlessSealed(() -> headers.set(name, value));
    }

    @Override
    public void addHeader(String name, @Nullable String value) {
        unlessSealed(() -> headers.add(name, value));
    }

    @Override
    public void setDateHeader(String name, long millis) {
        setHeader(name, BufferedHeaders.date(millis));
    }

    @Override
    public void addDateHeader(String name, long millis) {
        addHeader(name, BufferedHeaders.date(millis));
    }

    @Override
    public void setIntHeader(String name, int value) {
        setHeader(name, Integer.toString(value));
    }

    @Override
    public void addIntHeader(String name, int value) {
        addHeader(name, Integer.toString(value));
    }

    @Override
    public void addCookie(Cookie cookie) {
        addHeader("Set-Cookie", BufferedHeaders.cookie(cookie));
    }

    @Override
    public boolean containsHeader(String name) {
        return !headers.get(name).isEmpty() || super.containsHeader(name);
    }

    @Override
    public @Nullable String getHeader(String name) {
        Collection<String> own = headers.get(name);
        return own.isEmpty() ? super.getHeader(name) : own.iterator().next();
    }

    @Override
    public Collection<String> getHeaders(String name) {
        Collection<String> own = headers.get(name);
        return own.isEmpty() ? super.getHeaders(name) : own;
    }

    @Override
    public Collection<String> getHeaderNames() {
        return headers.names();
    }

    @Override
    public void setLocale(Locale locale) {
        this.locale = locale;
        setHeader("Content-Language", locale.toLanguageTag());
    }

    @Override
    public Locale getLocale() {
        return locale == null ? Locale.getDefault() : locale;
    }

    /** Ignored: trailers are not recorded. */
    @Override
    public void setTrailerFields(Supplier<Map<String, String>> trailers) {}
}
