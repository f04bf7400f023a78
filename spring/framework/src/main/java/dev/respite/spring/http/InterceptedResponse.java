package dev.respite.spring.http;

import dev.respite.NestedRetries;
import dev.respite.driver.TimeLimit;
import dev.respite.outcome.Outcome;
import dev.respite.time.TimeSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** The response to one attempt, which can be released before it reaches the caller. */
final class InterceptedResponse implements ClientHttpResponse, NestedRetries.Wrapper {

    /** A longer body is not read before a delay. */
    private static final int MAX_BODY = 64 * 1024;

    private static final Duration MAX_READ_TIME = Duration.ofMillis(100);

    private final ClientHttpResponse response;
    private final ExchangeAbort abort;
    private final HttpStatusCode status;
    private volatile @Nullable HttpHeaders headers;

    /** The rest of the body after the connection was given back; null before that. */
    private volatile @Nullable Released released;

    /** The bytes of a body; null if it was not read to its end. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Released(byte @Nullable [] body) {}

    /** Reads the status, which fails if the response has not arrived: {@code HttpURLConnection} may not have looked yet. */
    InterceptedResponse(ClientHttpResponse response, ExchangeAbort abort) throws IOException {
        this.response = response;
        this.abort = abort;
        this.status = response.getStatusCode();
    }

    /** Gives the connection back: keeps the body if that is short and arrives soon. */
    void release(TimeSource time) {
        headers = HttpHeaders.copyOf(getHeaders());
        released = new Released(readSoon(time));
        response.close();
    }

    private byte @Nullable [] readSoon(TimeSource time) {
        try (InputStream body = response.getBody()) {
            byte[] bytes = read(body, time);
            if (bytes.length <= MAX_BODY) {
                return bytes;
            }
            abort.abort();
            return null;
        } catch (Exception broken) {
            // The streams of some clients, such as Jetty's, clear the flag. The limit's own interrupt is a
            // TimeoutException here.
            if (new Outcome.Failure<>(broken, false).isInterruption()) {
                Thread.currentThread().interrupt();
            }
            return null;
        }
    }

    private byte[] read(InputStream body, TimeSource time) throws Exception {
        if (abort.isSupported()) {
            return readUntil(body, abort.abortAfter(MAX_READ_TIME));
        }
        if (mayBeClosedByAnyThread(body)) {
            return readUntil(
                    body,
                    time.schedule(() -> time.executor().execute(() -> closeQuietly(body)), MAX_READ_TIME.toNanos()));
        }
        return TimeLimit.of(time).call(MAX_READ_TIME, () -> body.readNBytes(MAX_BODY + 1));
    }

    /** The streams of the JDK's client (before JDK 21) and of Spring's factory for Reactor Netty ignore interrupts. */
    private static boolean mayBeClosedByAnyThread(InputStream body) {
        return "java.net.http".equals(body.getClass().getModule().getName())
                || body.getClass().getName().equals("org.springframework.http.client.SubscriberInputStream");
    }

    private static byte[] readUntil(InputStream body, Future<?> alarm) throws IOException {
        try {
            return body.readNBytes(MAX_BODY + 1);
        } finally {
            alarm.cancel(false);
        }
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException ignored) {
            // Its connection is given up in any case.
        }
    }

    /** Marks the header fields: the exception that the client makes of this response has them. */
    @Override
    public void givenUp() {
        HttpHeaders marked = HttpHeaders.copyOf(getHeaders());
        marked.set(GivenUpMark.HEADER, "true");
        headers = marked;
    }

    @Override
    public Object wrapped() {
        return response;
    }

    @Override
    public HttpStatusCode getStatusCode() {
        return status;
    }

    @Override
    public String getStatusText() throws IOException {
        return response.getStatusText();
    }

    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders own = headers;
        return own == null ? response.getHeaders() : own;
    }

    /**
     * Returns the body.
     *
     * @throws IOException if it was released before a delay, and the call ended in that delay
     */
    @Override
    public InputStream getBody() throws IOException {
        Released left = released;
        if (left == null) {
            return response.getBody();
        }
        byte @Nullable [] bytes = left.body();
        if (bytes == null) {
            throw new IOException("the body of this response was released before the delay in which its call ended");
        }
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public void close() {
        response.close();
    }

    /** Closes a response that will not be read. */
    void discard() {
        abort.abort();
        response.close();
    }
}
