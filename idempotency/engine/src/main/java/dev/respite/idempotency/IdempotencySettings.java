package dev.respite.idempotency;

import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The limits for records of keys. No duration is longer than 36,500 days. Immutable; the methods called {@code with…} return
 * a new object.
 *
 * @param lease how long an owner counts as alive without changing its record, at least 1 ms. It must be longer than the work
 *     takes
 * @param retention how long a result is kept, and how old a key may be; at least the lease. A record without a result and
 *     without a time in its key is kept for ten minutes, if that is shorter. The retention must be longer than callers retry.
 *     Raising it does not restore purged records: keys of that time are run again
 * @param maxClockSkew how far the time in a key may be ahead of the store's clock
 * @param maxWait how long a call waits for the result while another call owns the record; 0 does not wait
 * @param maxStoredBody the maximum length of a stored body in bytes. Of a longer body only its existence is stored. Stored headers
 *     beyond 8 KiB count as body; if these alone exceed the cap, neither headers nor body are stored
 * @param headers the names of the stored headers, in any case; hop-by-hop and per-exchange headers are not allowed
 */
public record IdempotencySettings(
        Duration lease,
        Duration retention,
        Duration maxClockSkew,
        Duration maxWait,
        int maxStoredBody,
        Set<String> headers) {

    private static final Duration MAX_DURATION = Duration.ofDays(36_500);

    /** Longer than callers wait between two attempts. */
    private static final Duration FAILURE_RETENTION = Duration.ofMinutes(10);

    /** Headers that belong to one exchange, caller or moment. In a replay they would be wrong or leak data. */
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

    /** The prefix of headers that permit one origin (CORS). Stored, they would permit it to read a replay for another. */
    private static final String PERMISSION = "access-control-";

    /**
     * Checks and copies the values.
     *
     * @param lease at least 1 ms
     * @param retention at least the lease
     * @param maxClockSkew 0 or more
     * @param maxWait 0 or more
     * @param maxStoredBody 0 or more
     * @param headers the names of the stored headers
     * @throws IllegalArgumentException if a value is out of its range, or a header must not be stored
     */
    public IdempotencySettings {
        if (lease.compareTo(Duration.ofMillis(1)) < 0) {
            throw refused("lease", lease, "it must be at least 1 ms, and longer than the work takes");
        }
        if (retention.compareTo(lease) < 0) {
            throw refused("retention", retention, "it cannot be shorter than the lease, " + lease);
        }
        requireCountable("retention", retention);
        if (maxClockSkew.isNegative()) {
            throw refused(
                    "maxClockSkew",
                    maxClockSkew,
                    "it cannot be negative; PT0S rejects every key whose time is in the future");
        }
        requireCountable("maxClockSkew", maxClockSkew);
        if (maxWait.isNegative()) {
            throw refused("maxWait", maxWait, "it cannot be negative; PT0S does not wait");
        }
        requireCountable("maxWait", maxWait);
        if (maxStoredBody < 0) {
            throw refused("maxStoredBody", maxStoredBody, "it cannot be negative; 0 keeps empty bodies only");
        }
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : headers) {
            if (isNeverKept(name)) {
                throw refused("headers", name, "it belongs to one exchange and must not be replayed; remove it");
            }
            names.add(name);
        }
        headers = Collections.unmodifiableSet(names);
    }

    /**
     * {@return settings for requests that take seconds: a lease of 30 s, a retention of 24 h, a skew of 5 min, no waiting, bodies
     * up to 64 KiB, and the headers {@code Content-Type}, {@code Content-Encoding}, {@code Content-Language}, {@code ETag}, {@code
     * Link}, {@code Location}}
     */
    public static IdempotencySettings defaults() {
        return new IdempotencySettings(
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                Duration.ofMinutes(5),
                Duration.ZERO,
                64 * 1024,
                Set.of(
                        "Cache-Control",
                        "Content-Disposition",
                        "Content-Encoding",
                        "Content-Language",
                        "Content-Security-Policy",
                        "Content-Type",
                        "ETag",
                        "Link",
                        "Location"));
    }

    /**
     * {@return settings with another lease}
     *
     * @param lease at least 1 ms
     */
    public IdempotencySettings withLease(Duration lease) {
        return new IdempotencySettings(lease, retention, maxClockSkew, maxWait, maxStoredBody, headers);
    }

    /**
     * {@return settings with another retention}
     *
     * @param retention at least the lease
     */
    public IdempotencySettings withRetention(Duration retention) {
        return new IdempotencySettings(lease, retention, maxClockSkew, maxWait, maxStoredBody, headers);
    }

    /**
     * {@return settings with another maximum clock skew}
     *
     * @param maxClockSkew 0 or more
     */
    public IdempotencySettings withMaxClockSkew(Duration maxClockSkew) {
        return new IdempotencySettings(lease, retention, maxClockSkew, maxWait, maxStoredBody, headers);
    }

    /**
     * {@return settings with another maximum wait for the result of another call}
     *
     * @param maxWait 0 or more
     */
    public IdempotencySettings withMaxWait(Duration maxWait) {
        return new IdempotencySettings(lease, retention, maxClockSkew, maxWait, maxStoredBody, headers);
    }

    /**
     * {@return settings with another maximum length of stored bodies}
     *
     * @param maxStoredBody in bytes, 0 or more
     */
    public IdempotencySettings withMaxStoredBody(int maxStoredBody) {
        return new IdempotencySettings(lease, retention, maxClockSkew, maxWait, maxStoredBody, headers);
    }

    /**
     * {@return settings with other stored headers}
     *
     * @param headers the names of the stored headers
     */
    public IdempotencySettings withHeaders(Set<String> headers) {
        return new IdempotencySettings(lease, retention, maxClockSkew, maxWait, maxStoredBody, headers);
    }

    /**
     * Returns whether the body of a response is stored for replays.
     *
     * @param response the response
     * @return false if it is longer than the maximum
     */
    public boolean keepsBodyOf(StoredResponse response) {
        return response.kept(headers, maxStoredBody).hasBody();
    }

    /** Returns a stored response without the headers that are never stored, which another program may have written. */
    static StoredResponse replayable(StoredResponse stored) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(stored.headers().keySet());
        return names.removeIf(IdempotencySettings::isNeverKept) ? stored.kept(names, Integer.MAX_VALUE) : stored;
    }

    private static boolean isNeverKept(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return NEVER_KEPT.contains(lower) || lower.startsWith(PERMISSION);
    }

    RecordWrite.Terms terms(Optional<Instant> keyTime) {
        return new RecordWrite.Terms(lease, retention, maxClockSkew, keyTime);
    }

    /**
     * Returns the terms of a record whose owner has released it without an effect. It only compares the next request with this
     * one, so it is kept for a short time. With a time in the key it is kept as long as others: a purge rejects keys that are not
     * later than a purged one, and with them the repetition of this request.
     */
    RecordWrite.Terms termsOfFailure(Optional<Instant> keyTime) {
        boolean isShorter = keyTime.isEmpty() && FAILURE_RETENTION.compareTo(retention) < 0;
        Duration kept = !isShorter ? retention : FAILURE_RETENTION.compareTo(lease) < 0 ? lease : FAILURE_RETENTION;
        return new RecordWrite.Terms(lease, kept, maxClockSkew, keyTime);
    }

    /** Stores cannot add a longer duration to a time. */
    private static void requireCountable(String what, Duration duration) {
        if (duration.compareTo(MAX_DURATION) > 0) {
            throw refused(what, duration, "it must be at most 36,500 days (100 years)");
        }
    }

    private static IllegalArgumentException refused(String what, Object value, String rule) {
        return new IllegalArgumentException(what + " " + value + ": " + rule);
    }
}
