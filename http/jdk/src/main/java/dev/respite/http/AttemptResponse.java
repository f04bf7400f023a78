package dev.respite.http;

import dev.respite.NestedRetries;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The response to one attempt.
 *
 * <p>It stays the same object when its body is read at last: that is how enclosing calls recognise it. If the wrapped client
 * retries too, this has that client's response inside, and enclosing calls recognise that as well.
 *
 * @param <T> what the caller's handler makes of a body
 */
final class AttemptResponse<T extends @Nullable Object>
        implements HttpResponse<T>, AutoCloseable, NestedRetries.Wrapper {

    private final HttpResponse<?> response;
    private volatile @Nullable Body<T> content;

    /**
     * A response whose body is where the client's response has it; it has none if it was redirected.
     *
     * @param response the client's response
     */
    AttemptResponse(HttpResponse<?> response) {
        this.response = response;
        this.content = Body.of(response.body());
    }

    /** The body has been read, or is lost. */
    AttemptResponse<T> with(Body<T> last) {
        content = last;
        return this;
    }

    /** The body will not be read. */
    void discard() {
        Body<T> body = content;
        if (body != null) {
            body.discard();
        }
    }

    /** As {@link #discard}: how the engine releases a response that arrives after its call has ended. */
    @Override
    public void close() {
        discard();
    }

    /** The body, if it has not been read yet. */
    Optional<Body.Deferred<T>> deferred() {
        return content instanceof Body.Deferred<T> deferred ? Optional.of(deferred) : Optional.empty();
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
        return response.previousResponse().map(previous -> new AttemptResponse<>(previous));
    }

    @Override
    public HttpHeaders headers() {
        return response.headers();
    }

    /**
     * Returns the value that the handler made of the body; null for a response that was redirected, as in the JDK.
     *
     * @throws UncheckedIOException if the body was cut before a delay, and the call ended in that delay
     */
    @Override
    @SuppressWarnings("NullAway") // HttpResponse is not annotated: body() is null if the handler returns null
    public T body() {
        Body<T> body = content;
        if (body == null) {
            return null;
        }
        if (body instanceof Body.Lost<T> lost) {
            throw new UncheckedIOException(lost.reason());
        }
        if (body instanceof Body.Read<T> read) {
            return read.value();
        }
        throw new IllegalStateException("the body of this response has not been read; only that of the call's last is");
    }

    // From JDK 25 on this overrides a method of HttpResponse; the release is 17, where it cannot be marked as such.

    /** The label of the connection. @return the client's label; empty before JDK 25 */
    public Optional<String> connectionLabel() {
        return NewerJdk.connectionLabel(response);
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
