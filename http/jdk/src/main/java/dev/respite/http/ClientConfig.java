package dev.respite.http;

import dev.respite.http.exchange.HttpRetry;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a client: the client that sends, the retry of its requests, the limit of recorded bodies, and the
 * caller's code that prepares the request of each attempt.
 */
record ClientConfig(HttpClient delegate, HttpRetry retry, BodyRecording recording, RequestPreparation preparation) {

    static ClientConfig of(HttpClient delegate, HttpRetry retry) {
        return new ClientConfig(
                delegate, retry, BodyRecording.upTo(BodyRecording.DEFAULT_MAX_BYTES), RequestPreparation.NONE);
    }

    /** Returns the same configuration for another client, whose calls are its own. */
    ClientConfig withDelegate(HttpClient client) {
        return new ClientConfig(client, retry.withSeparateShutdown(), recording, preparation);
    }

    ClientConfig withRetry(UnaryOperator<HttpRetry> change) {
        return new ClientConfig(delegate, change.apply(retry), recording, preparation);
    }

    ClientConfig withRecording(BodyRecording newRecording) {
        return new ClientConfig(delegate, retry, newRecording, preparation);
    }

    ClientConfig withPreparation(RequestPreparation newPreparation) {
        return new ClientConfig(delegate, retry, recording, newPreparation);
    }

    /** The body of a plain request that is a file, so that each attempt compares its length. */
    private static @Nullable FileBody file(HttpRequest request) {
        return request.bodyPublisher()
                .filter(body -> PreparedRequest.isPlain(request) && RequestBodies.isOfFile(body))
                .map(body -> new FileBody(body, request))
                .orElse(null);
    }

    /**
     * Returns a request as all attempts begin with it: a body that can be read only once is recorded, and the length of a file is
     * watched.
     */
    PreparedRequest prepare(HttpRequest request) {
        boolean repeatable = RequestBodies.isRepeatable(request.bodyPublisher());
        @Nullable
        RecordedBody recorded = repeatable
                ? null
                : recording.record(
                        request.method(), request.uri(), request.bodyPublisher().orElseThrow());
        @Nullable FileBody file = recorded == null ? file(request) : null;
        HttpRequest sent = recorded == null && file == null
                ? request
                : PreparedRequest.copy(request)
                        .method(request.method(), recorded == null ? file : recorded)
                        .build();
        boolean redirectable = delegate.followRedirects() != Redirect.NEVER;
        return new PreparedRequest(
                sent, Optional.ofNullable(recorded), Optional.ofNullable(file), redirectable, preparation);
    }
}
