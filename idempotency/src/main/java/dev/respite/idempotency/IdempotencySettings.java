package dev.respite.idempotency;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The figures that keys are handled by. No time is longer than 36,500 days. Immutable; the methods called {@code with…} return another one.
 *
 * @param lease how long an owner is taken to be alive without a word from it; more than the work takes. At least 1 ms
 * @param retention how long a result is kept, and how old a key may be; more than callers go on retrying for. At least the
 *     lease. Raising it does not bring back what has been purged: keys of that time are run again
 * @param skew how far ahead of the store's clock a key may have been minted
 * @param waitAtMost how long somebody who asks for a key that another is at waits for the result; 0 is not at all
 * @param bodyCap the longest body that is kept, in bytes; of a longer one it is known only that it was. What the kept headers
 *     have beyond 8 KiB counts as body; where that alone is longer, neither headers nor body are kept
 * @param headers the names of the headers that are kept, whatever their case; never those that speak of one exchange
 */
public record IdempotencySettings(
        Duration lease, Duration retention, Duration skew, Duration waitAtMost, int bodyCap, Set<String> headers) {

    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** They say something of one exchange, one caller or one moment, and would be a lie or a leak in another. */
    private static final Set<String> NEVER_KEPT = Set.of(
            "set-cookie",
            "set-cookie2",
            "authorization",
            "proxy-authorization",
            "www-authenticate",
            "proxy-authenticate",
            "authentication-info",
            "proxy-authentication-info",
            "date",
            "age",
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "content-length",
            "traceparent",
            "tracestate",
            "x-request-id",
            "x-correlation-id",
            "retry-after");

    /**
     * Checks and copies.
     *
     * @param lease as the record has it
     * @param retention as the record has it
     * @param skew as the record has it
     * @param waitAtMost as the record has it
     * @param bodyCap as the record has it
     * @param headers as the record has it
     * @throws IllegalArgumentException if a value is out of its range, or a header is one that must not be kept
     */
    public IdempotencySettings {
        if (lease.compareTo(Duration.ofMillis(1)) < 0) {
            throw refused("lease", lease, "it is at least 1 ms, and should be more than the work ever takes");
        }
        if (retention.compareTo(lease) < 0) {
            throw refused("retention", retention, "it cannot be shorter than the lease, " + lease);
        }
        requireCountable("retention", retention);
        if (skew.isNegative()) {
            throw refused("skew", skew, "it cannot be negative; PT0S refuses every key dated ahead");
        }
        requireCountable("skew", skew);
        if (waitAtMost.isNegative()) {
            throw refused("waitAtMost", waitAtMost, "it cannot be negative; PT0S does not wait");
        }
        requireCountable("waitAtMost", waitAtMost);
        if (bodyCap < 0) {
            throw refused("bodyCap", bodyCap, "it cannot be negative; 0 keeps empty bodies only");
        }
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : headers) {
            if (NEVER_KEPT.contains(name.toLowerCase(Locale.ROOT))) {
                throw refused("headers", name, "it speaks of one exchange only and must not be replayed; leave it out");
            }
            names.add(name);
        }
        headers = Collections.unmodifiableSet(names);
    }

    /**
     * What is good for requests that take seconds: a lease of 30 s, a retention of 24 h, a skew of 5 min, no waiting, bodies
     * up to 64 KiB, and the headers {@code Content-Type}, {@code Content-Encoding}, {@code Content-Language}, {@code ETag},
     * {@code Link}, {@code Location}.
     *
     * @return the settings
     */
    public static IdempotencySettings defaults() {
        return new IdempotencySettings(
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                Duration.ofMinutes(5),
                Duration.ZERO,
                64 * 1024,
                Set.of("Content-Type", "Content-Encoding", "Content-Language", "ETag", "Link", "Location"));
    }

    /**
     * These settings with another lease.
     *
     * @param lease at least 1 ms
     * @return the settings
     */
    public IdempotencySettings withLease(Duration lease) {
        return new IdempotencySettings(lease, retention, skew, waitAtMost, bodyCap, headers);
    }

    /**
     * These settings with another retention.
     *
     * @param retention at least the lease
     * @return the settings
     */
    public IdempotencySettings withRetention(Duration retention) {
        return new IdempotencySettings(lease, retention, skew, waitAtMost, bodyCap, headers);
    }

    /**
     * These settings with another skew.
     *
     * @param skew 0 or more
     * @return the settings
     */
    public IdempotencySettings withSkew(Duration skew) {
        return new IdempotencySettings(lease, retention, skew, waitAtMost, bodyCap, headers);
    }

    /**
     * These settings with another patience.
     *
     * @param waitAtMost 0 or more
     * @return the settings
     */
    public IdempotencySettings withWaitAtMost(Duration waitAtMost) {
        return new IdempotencySettings(lease, retention, skew, waitAtMost, bodyCap, headers);
    }

    /**
     * These settings with another cap.
     *
     * @param bodyCap in bytes, 0 or more
     * @return the settings
     */
    public IdempotencySettings withBodyCap(int bodyCap) {
        return new IdempotencySettings(lease, retention, skew, waitAtMost, bodyCap, headers);
    }

    /**
     * These settings with other headers.
     *
     * @param headers the names of those that are kept
     * @return the settings
     */
    public IdempotencySettings withHeaders(Set<String> headers) {
        return new IdempotencySettings(lease, retention, skew, waitAtMost, bodyCap, headers);
    }

    Draft.Terms terms(Optional<Instant> keyTime) {
        return new Draft.Terms(lease, retention, skew, keyTime);
    }

    /** What is longer, stores cannot add to a time. */
    private static void requireCountable(String what, Duration duration) {
        if (duration.compareTo(LONGEST) > 0) {
            throw refused(what, duration, "it is at most 36,500 days, a hundred years");
        }
    }

    private static IllegalArgumentException refused(String what, Object value, String rule) {
        return new IllegalArgumentException(what + " " + value + ": " + rule);
    }
}
