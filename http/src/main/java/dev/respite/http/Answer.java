package dev.respite.http;

import dev.respite.NestedRetries;
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
 * <p>It stays the same object when its body is read at last: that is how the calls around this one know it again. And if the
 * wrapped client retries too, this has its answer inside, and the calls of this client know that.
 *
 * @param <T> what the caller's handler makes of a body
 */
final class Answer<T extends @Nullable Object> implements HttpResponse<T>, AutoCloseable, NestedRetries.Wrapper {

    /** A body longer than this costs more to drain than a new connection. */
    static final long DRAIN_LIMIT = 64 * 1024;

    private final HttpResponse<Body<T>> response;
    private final Verdict verdict;
    private volatile @Nullable Body<T> read;

    private Answer(HttpResponse<Body<T>> response, Verdict verdict) {
        this.response = response;
        this.verdict = verdict;
        this.read = response.body();
    }

    /** An answer whose body is where its response has it; it has none if it was redirected. */
    static <T extends @Nullable Object> Answer<T> of(HttpResponse<Body<T>> response, Verdict verdict) {
        return new Answer<>(response, verdict);
    }

    /** What the answer means. */
    Verdict verdict() {
        return verdict;
    }

    /** The held body has been read. */
    Answer<T> with(T value) {
        read = new Body.Read<>(value);
        return this;
    }

    @Override
    public void close() {
        held().ifPresentOrElse(held -> held.body().drain(DRAIN_LIMIT), this::giveUp);
    }

    /** Nobody will read the body. */
    void giveUp() {
        Body<T> body = read;
        if (body != null) {
            body.giveUp();
        }
    }

    /** The body, if nobody has read it yet. */
    Optional<Body.Held<T>> held() {
        return read instanceof Body.Held<T> held ? Optional.of(held) : Optional.empty();
    }

    @Override
    public Object wrapped() {
        return response;
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
        Body<T> body = read;
        if (body instanceof Body.Held) {
            throw new IllegalStateException("the body of this answer has not been read; only the last answer's is");
        }
        return body == null ? null : ((Body.Read<T>) body).value();
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
