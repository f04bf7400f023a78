package dev.respite.http;

import dev.respite.time.TimeSource;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the requests of a client are prepared and their responses read.
 *
 * @param keys where idempotency keys are minted
 * @param attemptHeader the header that carries the attempt's number; empty for none
 * @param recording up to which length one-shot bodies are recorded
 * @param restartableHandlers whether every body handler begins anew for each response
 */
record ExchangeOptions(
        IdempotencyKeys keys, Optional<String> attemptHeader, BodyRecording recording, boolean restartableHandlers) {

    static ExchangeOptions defaults() {
        return new ExchangeOptions(
                IdempotencyKeys.none(),
                Optional.of(AttemptHeader.NAME),
                BodyRecording.upTo(BodyRecording.DEFAULT_MAX_BYTES),
                false);
    }

    ExchangeOptions withKeys(IdempotencyKeys newKeys) {
        return new ExchangeOptions(newKeys, attemptHeader, recording, restartableHandlers);
    }

    ExchangeOptions withAttemptHeader(Optional<String> name) {
        return new ExchangeOptions(keys, name, recording, restartableHandlers);
    }

    ExchangeOptions withRecording(BodyRecording newRecording) {
        return new ExchangeOptions(keys, attemptHeader, newRecording, restartableHandlers);
    }

    ExchangeOptions withRestartableHandlers() {
        return new ExchangeOptions(keys, attemptHeader, recording, true);
    }

    /** The request as it is sent in all attempts: the key is minted here, once. */
    PreparedRequest prepare(HttpRequest request, Redirect redirects, TimeSource time) {
        boolean mints = keys.isNeededBy(request.method(), request.uri(), request.headers()::allValues);
        boolean carried = !mints && keys.isCarriedBy(request.headers()::allValues);
        @Nullable
        RecordedBody recorded = RequestBodies.isRepeatable(request.bodyPublisher())
                ? null
                : recording.record(
                        request.method(), request.uri(), request.bodyPublisher().orElseThrow());
        HttpRequest sent = request;
        if (mints || recorded != null) {
            HttpRequest.Builder copy = PreparedRequest.copy(request);
            if (mints) {
                copy.setHeader(keys.header(), keys.mint(time.wallTime()));
            }
            if (recorded != null) {
                copy.method(request.method(), recorded);
            }
            sent = copy.build();
        }
        return new PreparedRequest(
                sent,
                carried,
                mints ? keys : IdempotencyKeys.none(),
                Optional.ofNullable(recorded),
                redirects != Redirect.NEVER,
                attemptHeader);
    }
}
