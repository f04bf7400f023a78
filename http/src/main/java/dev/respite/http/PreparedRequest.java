package dev.respite.http;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;

/**
 * A request that is ready for several attempts: with its key, and with a body that can be sent again or is recorded.
 *
 * @param request the request as it is sent first
 * @param carried whether the caller's request carries an idempotency key: the caller says that it is honoured everywhere
 * @param minted where the key is honoured that was minted here; nowhere if none was
 * @param recorded its body, if that can be read only once
 * @param redirectable whether the client follows redirects
 * @param attemptHeader the header that carries the attempt's number from the second on
 */
record PreparedRequest(
        HttpRequest request,
        boolean carried,
        IdempotencyKeys minted,
        Optional<RecordedBody> recorded,
        boolean redirectable,
        Optional<String> attemptHeader) {

    /** The class of the requests that the JDK's own builder makes: a copy of one lacks nothing. */
    private static final Class<?> PLAIN =
            HttpRequest.newBuilder(URI.create("http://localhost")).build().getClass();

    static HttpRequest.Builder copy(HttpRequest request) {
        return HttpRequest.newBuilder(request, (name, value) -> true);
    }

    /**
     * The name of a header that can be sent.
     *
     * @throws IllegalArgumentException if it cannot, by its characters or because the JDK keeps it to itself
     */
    static String checked(String header) {
        HttpRequest.newBuilder().header(header, "1");
        return header;
    }

    /**
     * The request of an attempt: from the second on it carries the attempt's number, unless it is of a class of the caller's,
     * whose other properties a copy would lose.
     */
    HttpRequest forAttempt(int number) {
        return number == 1 || attemptHeader.isEmpty() || request.getClass() != PLAIN
                ? request
                : copy(request)
                        .setHeader(attemptHeader.get(), Integer.toString(number))
                        .build();
    }

    /**
     * What is known without a whole response. If one had begun to arrive, the request has certainly been sent; if the client
     * follows redirects, it may have been sent to any server.
     */
    RequestFacts facts(boolean responded) {
        boolean keyed = carried || (!redirectable && minted.isSupportedBy(request.uri()));
        return facts(keyed, redirectable || responded);
    }

    /** What is known with the response of a server, to which redirects may have led. */
    RequestFacts factsAt(URI server) {
        return facts(carried || minted.isSupportedBy(server), true);
    }

    private RequestFacts facts(boolean keyed, boolean mayBeElsewhere) {
        boolean replayable = recorded.isEmpty() || recorded.get().isReplayable();
        return new RequestFacts(request.method(), keyed, replayable, mayBeElsewhere);
    }

    Optional<Duration> timeout() {
        return request.timeout();
    }
}
