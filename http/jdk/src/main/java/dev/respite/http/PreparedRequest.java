package dev.respite.http;

import dev.respite.http.exchange.ExchangeAttempt;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Objects;
import java.util.Optional;

/**
 * A request that is ready for several attempts: with a body that can be sent again or is recorded.
 *
 * @param request the request, without the header fields of attempts
 * @param recorded its body, if that can be read only once
 * @param file its body, if that is a file
 * @param redirectable whether the client follows redirects
 * @param preparation the caller's code for the request of each attempt
 */
record PreparedRequest(
        HttpRequest request,
        Optional<RecordedBody> recorded,
        Optional<FileBody> file,
        boolean redirectable,
        RequestPreparation preparation) {

    /** The class of the requests that the JDK's own builder makes: a copy of one lacks nothing. */
    private static final Class<?> PLAIN =
            HttpRequest.newBuilder(URI.create("http://localhost")).build().getClass();

    /** Returns whether a copy of a request lacks nothing. */
    static boolean isPlain(HttpRequest request) {
        return request.getClass() == PLAIN;
    }

    static HttpRequest.Builder copy(HttpRequest request) {
        return HttpRequest.newBuilder(request, (name, value) -> true);
    }

    /** The request of an attempt, as the caller has prepared it. */
    HttpRequest forAttempt(ExchangeAttempt attempt) throws IOException {
        HttpRequest complete = withHeaders(attempt);
        if (preparation == RequestPreparation.NONE) {
            return complete;
        }
        HttpRequest prepared = Objects.requireNonNull(
                preparation.prepare(complete, attempt.attempt()), "the preparation of the request returned null");
        boolean same = prepared.method().equals(complete.method())
                && prepared.bodyPublisher().equals(complete.bodyPublisher())
                && isSameOrigin(prepared.uri(), complete.uri());
        if (!same) {
            throw new IllegalStateException("the preparation of " + complete.method() + " " + complete.uri()
                    + " returned another method, origin or body: " + prepared.method() + " " + prepared.uri()
                    + "; copy the request by HttpRequest.newBuilder(request, (name, value) -> true), and change its"
                    + " headers, path or query");
        }
        return prepared;
    }

    /**
     * The request with the headers of an attempt. One of a class of the caller's gets no attempt's number, since a copy would lose
     * its other properties; only a key makes a copy in any case.
     */
    private HttpRequest withHeaders(ExchangeAttempt attempt) {
        if (attempt.headers().isEmpty() || (!attempt.hasMintedKey() && !isPlain(request))) {
            return request;
        }
        HttpRequest.Builder copy = copy(request);
        attempt.headers().forEach(copy::setHeader);
        return copy.build();
    }

    private static boolean isSameOrigin(URI left, URI right) {
        return left.getScheme().equalsIgnoreCase(right.getScheme())
                && left.getHost().equalsIgnoreCase(right.getHost())
                && left.getPort() == right.getPort();
    }

    /** Returns whether the body can be sent again. Stops its recording first, since the body may still be on its way. */
    boolean isReplayable() {
        if (recorded.isEmpty()) {
            return true;
        }
        recorded.get().pause();
        return recorded.get().isReplayable();
    }
}
