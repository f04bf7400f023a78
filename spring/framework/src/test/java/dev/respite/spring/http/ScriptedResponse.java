package dev.respite.spring.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** A response of no server, which records that it was closed. */
final class ScriptedResponse implements ClientHttpResponse {

    private final HttpStatus status;
    private final InputStream body;
    private final HttpHeaders headers = new HttpHeaders();
    private boolean broken;
    private boolean closed;

    private ScriptedResponse(HttpStatus status, InputStream body) {
        this.status = status;
        this.body = body;
    }

    static ScriptedResponse of(HttpStatus status, InputStream body) {
        return new ScriptedResponse(status, body);
    }

    static ScriptedResponse of(HttpStatus status) {
        return of(status, new ByteArrayInputStream("scripted".getBytes(StandardCharsets.UTF_8)));
    }

    /** Runs when a body is read. */
    @FunctionalInterface
    interface Reading {
        void run() throws IOException;
    }

    /** The body is empty, if the reading of it does not fail. */
    static ScriptedResponse readBy(HttpStatus status, Reading reading) {
        return of(status, new InputStream() {
            @Override
            public int read() throws IOException {
                reading.run();
                return -1;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return read();
            }
        });
    }

    static ScriptedResponse redirect(HttpStatus status, String location) {
        ScriptedResponse response = of(status);
        response.headers.set(HttpHeaders.LOCATION, location);
        return response;
    }

    /** The exchange turns out to be broken when its status is read, as with {@code HttpURLConnection}. */
    static ScriptedResponse broken() {
        ScriptedResponse response = of(HttpStatus.OK);
        response.broken = true;
        return response;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public HttpStatusCode getStatusCode() throws IOException {
        if (broken) {
            throw new IOException("connection reset");
        }
        return status;
    }

    @Override
    public String getStatusText() {
        return "Scripted " + status.value();
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public InputStream getBody() {
        return body;
    }

    @Override
    public void close() {
        closed = true;
    }
}
