package dev.respite.http;

import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the requests of a client are prepared and their responses read.
 *
 * @param recording up to which length one-shot bodies are recorded
 * @param preparation what the caller does with the request of each attempt
 */
record ExchangeOptions(BodyRecording recording, RequestPreparation preparation) {

    static ExchangeOptions defaults() {
        return new ExchangeOptions(BodyRecording.upTo(BodyRecording.DEFAULT_MAX_BYTES), RequestPreparation.NONE);
    }

    ExchangeOptions withRecording(BodyRecording newRecording) {
        return new ExchangeOptions(newRecording, preparation);
    }

    ExchangeOptions withPreparation(RequestPreparation newPreparation) {
        return new ExchangeOptions(recording, newPreparation);
    }

    /** The request as all attempts begin with it: a body that can be read only once is recorded. */
    PreparedRequest prepare(HttpRequest request, Redirect redirects) {
        boolean repeatable = RequestBodies.isRepeatable(request.bodyPublisher());
        @Nullable
        RecordedBody recorded = repeatable
                ? null
                : recording.record(
                        request.method(), request.uri(), request.bodyPublisher().orElseThrow());
        HttpRequest sent = recorded == null
                ? request
                : PreparedRequest.copy(request)
                        .method(request.method(), recorded)
                        .build();
        return new PreparedRequest(sent, Optional.ofNullable(recorded), redirects != Redirect.NEVER, preparation);
    }
}
