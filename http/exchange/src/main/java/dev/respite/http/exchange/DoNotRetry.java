package dev.respite.http.exchange;

import java.util.Map;

/**
 * The server forbids a retry: {@code x-should-retry: false}, or {@code Respite-Refused: retry} with status 503. Other hints of
 * the response are ignored.
 */
record DoNotRetry() implements ServerHint {

    @Override
    public Map<String, String> fields() {
        return Map.of(HintWriter.SHOULD_RETRY, "false");
    }
}
