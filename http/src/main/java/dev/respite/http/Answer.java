package dev.respite.http;

import dev.respite.policy.Verdict;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one attempt, and what it means. One that is thrown away is closed by the engine: then its body is drained.
 *
 * @param <T> what the caller's handler makes of a body
 */
record Answer<T extends @Nullable Object>(
        HttpResponse<Body<T>> response, @Nullable Body<T> read, Verdict verdict)
        implements HttpResponse<T>, AutoCloseable {

    /** A body longer than this costs more to drain than a new connection. */
    static final long DRAIN_LIMIT = 64 * 1024;

    /** An answer whose body is where its response has it; it has none if it was redirected. */
    static <T extends @Nullable Object> Answer<T> of(HttpResponse<Body<T>> response, Verdict verdict) {
        return new Answer<>(response, response.body(), verdict);
    }

    /** This answer, with its held body read. */
    Answer<T> with(T value) {
        return new Answer<>(response, new Body.Read<>(value), verdict);
    }

    @Override
    public void close() {
        held().ifPresent(held -> held.body().drain(DRAIN_LIMIT));
    }

    /** The body, if nobody has read it yet. */
    Optional<Body.Held<T>> held() {
        return read instanceof Body.Held<T> held ? Optional.of(held) : Optional.empty();
    }

    @Override
    public int statusCode() {
        return response.statusCode();
    }

    @Override
    public HttpRequest request() {
        return response.request();
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
        return response.previousResponse().map(previous -> of(previous, verdict));
    }

    @Override
    public HttpHeaders headers() {
        return response.headers();
    }

    /** What the handler made of the body; null for an answer that was redirected, as the JDK has it. */
    @Override
    @SuppressWarnings("NullAway") // HttpResponse is not annotated: body() is null where the handler says so
    public T body() {
        if (read instanceof Body.Held) {
            throw new IllegalStateException("the body of this answer has not been read; only the last answer's is");
        }
        return read == null ? null : ((Body.Read<T>) read).value();
    }

    @Override
    public Optional<SSLSession> sslSession() {
        return response.sslSession();
    }

    @Override
    public URI uri() {
        return response.uri();
    }

    @Override
    public HttpClient.Version version() {
        return response.version();
    }

    @Override
    public String toString() {
        return "(" + request().method() + " " + uri() + ") " + statusCode();
    }
}
