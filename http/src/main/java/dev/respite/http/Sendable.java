package dev.respite.http;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.time.Duration;
import java.util.Optional;

/**
 * A request that is made ready for several attempts: with its key, and with an eye on a body that can be read only once.
 *
 * @param request the request as it is sent first
 * @param keyed whether it carries an idempotency key
 * @param oneShot its body, if that can be read only once
 * @param redirectable whether the client follows redirects
 * @param attemptHeader the header that carries the attempt's number from the second on
 */
record Sendable(
        HttpRequest request,
        boolean keyed,
        Optional<Bodies.OneShot> oneShot,
        boolean redirectable,
        Optional<String> attemptHeader) {

    static Sendable of(HttpRequest request, boolean keyed, boolean redirectable, Optional<String> attemptHeader) {
        Optional<BodyPublisher> body = request.bodyPublisher();
        if (Bodies.isReplayable(body)) {
            return new Sendable(request, keyed, Optional.empty(), redirectable, attemptHeader);
        }
        Bodies.OneShot oneShot = new Bodies.OneShot(body.orElseThrow());
        HttpRequest watched = copy(request).method(request.method(), oneShot).build();
        return new Sendable(watched, keyed, Optional.of(oneShot), redirectable, attemptHeader);
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

    /** What is to be known now; with an answer, whole or not, the request has certainly been sent. */
    RequestFacts facts(boolean answered) {
        boolean replayable = oneShot.isEmpty() || !oneShot.get().isConsumed();
        return new RequestFacts(request.method(), keyed, replayable, redirectable || answered);
    }

    Optional<Duration> timeout() {
        return request.timeout();
    }
}
