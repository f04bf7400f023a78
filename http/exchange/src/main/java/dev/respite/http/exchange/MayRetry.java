package dev.respite.http.exchange;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The server permits a retry.
 *
 * @param requested whether the server explicitly requests a retry, {@code x-should-retry: true}; a wait alone requests nothing
 * @param notBefore the time before which the server permits no retry, not negative; one that was read from header fields is at
 *     most 2<sup>63</sup> − 1 nanoseconds (292 years). Empty where the server named no wait, which is not the same as a wait of
 *     zero: {@code Retry-After: 0} means that the trouble is over
 */
record MayRetry(boolean requested, Optional<Duration> notBefore) implements ServerHint {

    MayRetry {
        if (notBefore.isPresent() && notBefore.get().isNegative()) {
            throw new IllegalArgumentException("not before " + notBefore.get() + ": a wait cannot be negative");
        }
    }

    /**
     * {@code x-should-retry: true} if another try is requested; {@code Retry-After} with the wait in seconds, rounded up; and
     * where that is not exact, {@code retry-after-ms} too, which clients that know it believe first. A wait of more than 292
     * years is written as that.
     */
    @Override
    public Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        if (requested) {
            fields.put(HintWriter.SHOULD_RETRY, "true");
        }
        notBefore.ifPresent(wait -> HintWriter.put(wait, fields));
        return Collections.unmodifiableMap(fields);
    }
}
