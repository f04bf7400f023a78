package dev.respite.http.exchange;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The hint of a server for the next attempt, in the header fields of a response. The status is judged apart from it. A client
 * reads the hint, and a server writes it by {@link #fields}:
 *
 * <pre>{@code
 * ServerHint.after(Duration.ofSeconds(30)).fields().forEach(exchange.getResponseHeaders()::set);
 * }</pre>
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public sealed interface ServerHint permits ServerHint.DoNotRetry, ServerHint.MayRetry {

    /** No hint: a retry is neither forbidden nor requested, and no wait is given. */
    ServerHint NONE = new MayRetry(false, Optional.empty());

    /** {@return the hint not to retry} */
    static ServerHint doNotRetry() {
        return new DoNotRetry();
    }

    /**
     * {@return the hint to wait before any retry; it neither requests nor forbids one}
     *
     * @param wait how long
     * @throws IllegalArgumentException if the wait is negative
     */
    static ServerHint after(Duration wait) {
        return new MayRetry(false, Optional.of(wait));
    }

    /**
     * Returns the header fields of this hint, for a server to set on its response. Reading them results in an equal hint.
     *
     * @return the values by the names of the fields, in the order in which to send them; none for {@link #NONE}
     */
    Map<String, String> fields();

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

    /**
     * The server permits a retry.
     *
     * @param requested whether the server explicitly requests a retry, {@code x-should-retry: true}; a wait
     *     alone requests nothing
     * @param notBefore the time before which the server permits no retry, not negative; one that was read from header fields is at
     *     most 2<sup>63</sup> − 1 nanoseconds (292 years). Empty where the server named no wait, which is not the same as a
     *     wait of zero: {@code Retry-After: 0} means that the trouble is over
     */
    record MayRetry(boolean requested, Optional<Duration> notBefore) implements ServerHint {
        /**
         * Checks the wait.
         *
         * @param requested whether the server requests a retry
         * @param notBefore the time before which the server permits no retry
         * @throws IllegalArgumentException if the wait is negative
         */
        public MayRetry {
            Objects.requireNonNull(notBefore, "notBefore");
            if (notBefore.isPresent() && notBefore.get().isNegative()) {
                throw new IllegalArgumentException("not before " + notBefore.get() + ": a wait cannot be negative");
            }
        }

        /**
         * {@code x-should-retry: true} if another try is requested; {@code Retry-After} with the wait in seconds, rounded
         * up; and where that is not exact, {@code retry-after-ms} too, which clients that know it believe first. A wait of
         * more than 292 years is written as that.
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
}
