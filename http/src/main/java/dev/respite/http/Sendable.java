package dev.respite.http;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.time.Duration;
import java.util.Optional;

/**
 * A request that is made ready for several attempts: with its key, and with an eye on a body that can be read only once.
 *
 * @param request the request as it is sent first
 * @param carried whether the caller's request carries an idempotency key: by his word it is honoured wherever it goes
 * @param minted where the key is honoured that this side has made; nowhere if it has made none
 * @param oneShot its body, if that can be read only once
 * @param redirectable whether the client follows redirects
 * @param attemptHeader the header that carries the attempt's number from the second on
 */
record Sendable(
        HttpRequest request,
        boolean carried,
        IdempotencyKeys minted,
        Optional<Bodies.OneShot> oneShot,
        boolean redirectable,
        Optional<String> attemptHeader) {

    /** A request that carries a key by the caller's word, or none. */
    static Sendable of(HttpRequest request, boolean carried, boolean redirectable, Optional<String> attemptHeader) {
        return of(request, carried, IdempotencyKeys.nowhere(), redirectable, attemptHeader);
    }

    /** A request whose key has been minted here. */
    static Sendable keyed(
            HttpRequest request, IdempotencyKeys minted, boolean redirectable, Optional<String> attemptHeader) {
        return of(request, false, minted, redirectable, attemptHeader);
    }

    private static Sendable of(
            HttpRequest request,
            boolean carried,
            IdempotencyKeys minted,
            boolean redirectable,
            Optional<String> attemptHeader) {
        Optional<BodyPublisher> body = request.bodyPublisher();
        if (Bodies.isReplayable(body)) {
            return new Sendable(request, carried, minted, Optional.empty(), redirectable, attemptHeader);
        }
        Bodies.OneShot oneShot = new Bodies.OneShot(body.orElseThrow());
        HttpRequest watched = copy(request).method(request.method(), oneShot).build();
        return new Sendable(watched, carried, minted, Optional.of(oneShot), redirectable, attemptHeader);
    }

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

    /** The first attempt is the caller's request; the others say which they are. */
    HttpRequest forAttempt(int number) {
        return number == 1 || attemptHeader.isEmpty()
                ? request
                : copy(request)
                        .setHeader(attemptHeader.get(), Integer.toString(number))
                        .build();
    }

    /**
     * What is to be known without a whole answer. If one had begun to come, the request has certainly been sent; if the
     * client follows redirects, so it may have been to any server.
     */
    RequestFacts facts(boolean answered) {
        boolean keyed = carried || (!redirectable && minted.isHonouredAt(request.uri()));
        return facts(keyed, redirectable || answered);
    }

    /** What is to be known with the answer of a server, which redirects may have led to. */
    RequestFacts factsAt(URI server) {
        return facts(carried || minted.isHonouredAt(server), true);
    }

    private RequestFacts facts(boolean keyed, boolean mayBeElsewhere) {
        boolean replayable = oneShot.isEmpty() || !oneShot.get().isConsumed();
        return new RequestFacts(request.method(), keyed, replayable, mayBeElsewhere);
    }

    Optional<Duration> timeout() {
        return request.timeout();
    }
}
