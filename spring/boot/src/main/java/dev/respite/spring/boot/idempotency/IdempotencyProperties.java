package dev.respite.spring.boot.idempotency;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties below {@code respite.idempotency}.
 *
 * @param enabled whether methods with {@code @Idempotent} run once for each key; with false the annotation has no effect
 * @param header the header with the key
 * @param bodyLimit the maximum length of the body of a request with a key
 * @param parameterLimit the maximum number of parameters in the body of a form with a key
 * @param responseMemory the maximum length of a response that is held in memory until it is recorded. A longer one is in a
 *     temporary file, and its body is not kept for replays
 * @param responseLimit the maximum length of a response to a request with a key
 * @param scope the owner of a key; by default the principal if Spring Security is on the class path, and otherwise shared
 * @param filterOrder the order of the filter; by default directly after Spring Security's
 * @param retention how long a response is kept, and how old a key may be
 * @param lease how long a request that is at work counts as alive
 * @param maxClockSkew how far the time in a key may be ahead of the store's clock
 * @param maxWait how long a request waits for the response of another with its key before it gets 409
 * @param maxStoredBody the maximum length of a response body that is kept for replays
 * @param headers the response headers that are kept for replays
 * @param compareMediaType whether a key that is sent again with another media type or {@code Content-Encoding} is rejected. For
 *     when no instance runs a release without this property
 * @param storeOperations whether a record has the method and the path of its request, for operators
 * @param documentation where the API describes its keys: a link in the rejections with 400 and 422
 * @param jdbc the records in the database of the application
 * @param purge the removal of expired records
 */
@ConfigurationProperties(value = IdempotencyProperties.PREFIX, ignoreUnknownFields = false)
record IdempotencyProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("Idempotency-Key") String header,
        @DefaultValue("1MB") DataSize bodyLimit,
        @DefaultValue("1000") int parameterLimit,
        @DefaultValue("8MB") DataSize responseMemory,
        @DefaultValue("1GB") DataSize responseLimit,
        @Nullable ScopeKind scope,
        @Nullable Integer filterOrder,
        @DefaultValue("24h") Duration retention,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("5m") Duration maxClockSkew,
        @DefaultValue("0s") Duration maxWait,
        @DefaultValue("64KB") DataSize maxStoredBody,

        @DefaultValue({
            "Cache-Control",
            "Content-Disposition",
            "Content-Encoding",
            "Content-Language",
            "Content-Security-Policy",
            "Content-Type",
            "ETag",
            "Link",
            "Location"
        })
        Set<String> headers,

        boolean compareMediaType,
        @DefaultValue("true") boolean storeOperations,
        @Nullable URI documentation,
        @DefaultValue Jdbc jdbc,
        @DefaultValue Purge purge) {

    static final String PREFIX = "respite.idempotency";

    /** The owner of a key. */
    enum ScopeKind {
        /** The principal of the request; a request without one gets 401. */
        PRINCIPAL,
        /** All callers are one owner. */
        SHARED
    }

    /**
     * The records in the database of the application.
     *
     * @param migrate whether Flyway creates the tables when the application starts, with the history table
     *     {@code respite_schema_history}
     * @param requireDurable whether the application starts only if commits of the database survive a crash
     * @param maxPerScope the maximum number of records of one owner; no maximum if it is not given
     * @param rejectLongResponses whether a request is rolled back whose response body is longer than {@code max-stored-body}
     */
    record Jdbc(
            boolean migrate,
            boolean requireDurable,
            @Nullable Long maxPerScope,
            boolean rejectLongResponses) {}

    /**
     * The removal of expired records. Of all nodes one purges at a time.
     *
     * @param enabled whether this node purges
     * @param interval from the end of a round to the start of the next
     * @param batch the maximum number of records that one transaction removes
     */
    record Purge(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("1m") Duration interval,
            @DefaultValue("1000") int batch) {}
}
