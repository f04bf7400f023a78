package dev.respite.http.exchange;

import java.time.Duration;
import java.util.Map;
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
public sealed interface ServerHint permits DoNotRetry, MayRetry {

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
     * {@return the header fields that a server sets on its response, in the order in which to send them; none for {@link
     * #NONE}} Reading them results in an equal hint.
     */
    Map<String, String> fields();
}
